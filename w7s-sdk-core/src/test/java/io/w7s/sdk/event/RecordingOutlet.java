package io.w7s.sdk.event;

import io.w7s.sdk.Caller;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps what it is given; takes everything unless a test says otherwise of a subscriber. */
final class RecordingOutlet implements EventOutlet {

  private static final CompletionStage<?> DONE = CompletableFuture.completedFuture(true);

  final List<Subscriber> asked = new ArrayList<>();
  final List<byte[]> messages = new ArrayList<>();
  private final Map<Subscriber, CompletionStage<?>> answers = new LinkedHashMap<>();

  RecordingOutlet answering(Subscriber subscriber, CompletionStage<?> answer) {
    answers.put(subscriber, answer);
    return this;
  }

  RecordingOutlet failing(Subscriber subscriber, String reason) {
    return answering(subscriber, CompletableFuture.failedFuture(new IllegalStateException(reason)));
  }

  RecordingOutlet taking(Subscriber subscriber) {
    answers.remove(subscriber);
    return this;
  }

  @Override
  public CompletionStage<?> enqueue(Subscriber to, Caller publisher, byte[] message) {
    asked.add(to);
    messages.add(message);
    return answers.getOrDefault(to, DONE);
  }

  String text() {
    return new String(messages.get(0), StandardCharsets.UTF_8);
  }
}

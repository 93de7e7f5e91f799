package io.w7s.sdk.events;

import io.w7s.sdk.Caller;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Records what is enqueued; every queue takes it unless a test sets another answer. */
final class RecordingQueues implements SubscriberQueues {

  private static final CompletionStage<?> DONE = CompletableFuture.completedFuture(true);

  final List<Subscriber> asked = new ArrayList<>();
  final List<byte[]> messages = new ArrayList<>();
  private final Map<Subscriber, CompletionStage<?>> answers = new LinkedHashMap<>();

  RecordingQueues answering(Subscriber subscriber, CompletionStage<?> answer) {
    answers.put(subscriber, answer);
    return this;
  }

  RecordingQueues failing(Subscriber subscriber, String reason) {
    return answering(subscriber, CompletableFuture.failedFuture(new IllegalStateException(reason)));
  }

  RecordingQueues taking(Subscriber subscriber) {
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

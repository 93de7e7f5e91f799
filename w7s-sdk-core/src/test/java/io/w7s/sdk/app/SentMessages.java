package io.w7s.sdk.app;

import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes messages down, to be delivered by the test. */
final class SentMessages implements QueueClient {

  final Deque<String> bodies = new ArrayDeque<>();
  final List<Duration> delays = new ArrayList<>();
  boolean failing;

  @Override
  public <T> SendReceipt send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    if (failing) {
      throw new IllegalStateException("cannot be sent");
    }
    var send = new SendOptions(io.w7s.sdk.CallOptions.defaults());
    options.accept(send);
    bodies.add(JsonValues.write((Map<?, ?>) body));
    delays.add(send.delay());
    return null;
  }

  @Override
  public <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    throw new UnsupportedOperationException();
  }

  /** Returns the oldest message as it is delivered. */
  String take(String id, int attempt) {
    return AppRequests.message(id, attempt, bodies.remove());
  }
}

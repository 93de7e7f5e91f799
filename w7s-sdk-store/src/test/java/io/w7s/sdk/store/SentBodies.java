package io.w7s.sdk.store;

import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what is sent, to be delivered by the test. */
final class SentBodies implements QueueClient {

  private final Deque<String> bodies = new ArrayDeque<>();

  /** Returns the body that was sent first, as JSON. */
  String take() {
    return bodies.remove();
  }

  @Override
  public <T> SendReceipt send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    bodies.add(
        new String(JacksonCodec.create().encode(body, queue.type()), StandardCharsets.UTF_8));
    return null;
  }

  @Override
  public <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    throw new UnsupportedOperationException();
  }
}

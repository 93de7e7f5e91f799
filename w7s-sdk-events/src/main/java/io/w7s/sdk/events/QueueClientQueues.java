package io.w7s.sdk.events;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.wire.RouterResponse.Sent;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sends one event with a queue client, and keeps the result of each send. */
final class QueueClientQueues implements SubscriberQueues {

  private static final int OK = 200;
  private static final int BAD_GATEWAY = 502;

  private final QueueClient client;

  /** By {@code owner/repo/queue}: a {@link SendReceipt}, or the failure. */
  private final Map<String, Object> results = new ConcurrentHashMap<>();

  QueueClientQueues(QueueClient client) {
    this.client = client;
  }

  @Override
  public CompletionStage<?> enqueue(Subscriber to, Caller publisher, byte[] message) {
    QueueRef<RawJson> queue =
        new AppRef(to.app()).queue(to.queue(), RawJson.class).consumer(to.consumer());
    return client
        .sendAsync(queue, RawJson.of(message))
        .whenComplete(
            (receipt, failure) -> results.put(to.toString(), failure == null ? receipt : failure));
  }

  /** Returns what the publisher is told of a delivery. */
  Sent sent(Delivery delivery, String target) {
    Object result = results.get(delivery.app() + "/" + delivery.queue());
    return new Sent(
        delivery,
        target,
        delivery.status() == Status.FAILED ? failedStatus(result) : OK,
        result instanceof SendReceipt receipt ? receipt.enqueuedAt() : null);
  }

  private static int failedStatus(@Nullable Object result) {
    return result instanceof StatusException refused ? refused.status() : BAD_GATEWAY;
  }
}

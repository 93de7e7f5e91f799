package io.w7s.sdk.app;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.EventOutlet;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.Subscriber;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.SendReceipt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sends one event to its subscribers' queues, and keeps what each of them answered. */
final class QueueSends implements EventOutlet {

  private static final TypeRef<JsonSlice> JSON = TypeRef.of(JsonSlice.class);
  private static final int BAD_GATEWAY = 502;

  private final QueueClient queues;
  private final Map<String, Object> answers = new ConcurrentHashMap<>();

  QueueSends(QueueClient queues) {
    this.queues = queues;
  }

  @Override
  public CompletionStage<?> enqueue(Subscriber to, Caller publisher, byte[] message) {
    var queue = new AppRef(to.app()).queue(to.queue(), JSON).consumer(to.consumer());
    return queues
        .sendAsync(queue, JsonSlice.of(message))
        .whenComplete(
            (receipt, failure) -> answers.put(to.toString(), failure == null ? receipt : failure));
  }

  /** The status that the queue answered with, as far as there is one. */
  int status(Delivery delivery) {
    if (delivery.status() != Status.FAILED) {
      return 200;
    }
    return answer(delivery) instanceof StatusException refused ? refused.status() : BAD_GATEWAY;
  }

  /** The queue's answer as plain JSON values. */
  Map<String, Object> response(Delivery delivery) {
    var response = new LinkedHashMap<String, Object>();
    response.put("ok", delivery.status() != Status.FAILED);
    delivery.error().ifPresent(reason -> response.put("error", reason));
    if (answer(delivery) instanceof SendReceipt receipt) {
      response.put("enqueuedAt", receipt.enqueuedAt().toString());
    }
    return response;
  }

  private @Nullable Object answer(Delivery delivery) {
    return answers.get(delivery.app() + "/" + delivery.queue());
  }
}

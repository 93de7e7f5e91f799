package io.w7s.sdk.app;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.wire.CloudEventBody;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import org.jspecify.annotations.Nullable;

/** Consumes a queue, message by message or batch by batch. */
abstract class QueueRoute<T> implements Route {

  private final QueueRef<T> queue;

  QueueRoute(QueueRef<T> queue) {
    this.queue = queue;
  }

  final ReceivedBatch<QueueMessage<T>> read(AppRequest request, JsonCodec codec) throws BadRequest {
    return ReceivedBatch.read(
        request, queue.name(), (message, caller) -> read(message, caller, codec));
  }

  private QueueMessage<T> read(
      QueueDelivery.Message message, @Nullable Caller caller, JsonCodec codec)
      throws CodecException {
    CloudEventBody event = CloudEventBody.read(message.body()).orElse(null);
    QueueMessage.Builder<T> builder =
        event == null
            ? QueueMessage.builder(Bodies.read(codec, message.body(), queue.type()))
            : QueueMessage.builder(Bodies.read(codec, event.data(), queue.type()))
                .traceParent(event.traceParent())
                .cloudEvent(event.attributes());
    return builder
        .id(message.id())
        .attempt(message.attempts())
        .enqueuedAt(message.enqueuedAt())
        .caller(caller)
        .build();
  }

  final QueueRef<T> queue() {
    return queue;
  }

  @Override
  public final HandlerKind kind() {
    return HandlerKind.QUEUE;
  }

  @Override
  public final String name(String method, String path) {
    return queue.name();
  }
}

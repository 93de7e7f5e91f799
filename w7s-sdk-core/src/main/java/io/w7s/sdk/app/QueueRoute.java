package io.w7s.sdk.app;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.wire.EventMessage;
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
    return ReceivedBatch.read(request, queue.name(), new MessageReader(codec));
  }

  /** Reads messages; the body is null for a message that is not a CloudEvent. */
  private final class MessageReader
      implements ReceivedBatch.Reader<@Nullable EventMessage, QueueMessage<T>> {

    private final JsonCodec codec;

    MessageReader(JsonCodec codec) {
      this.codec = codec;
    }

    @Override
    public @Nullable EventMessage body(JsonReader in) {
      if (queue.cloudEvents() || EventMessage.isMarkedCloudEvent(in)) {
        return EventMessage.readCloudEvent(in);
      }
      in.skip();
      return null;
    }

    @Override
    public QueueMessage<T> message(
        QueueDelivery.Message message, @Nullable EventMessage event, @Nullable Caller caller) {
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

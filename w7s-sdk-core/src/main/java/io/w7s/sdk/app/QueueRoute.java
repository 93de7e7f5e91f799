package io.w7s.sdk.app;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Consumes a queue, message by message or batch by batch. */
abstract class QueueRoute<T> implements Route {

  private final QueueRef<T> queue;

  QueueRoute(QueueRef<T> queue) {
    this.queue = queue;
  }

  final ReceivedBatch<QueueMessage<T>> read(AppRequest request, MessageBodies bodies)
      throws BadRequest {
    return ReceivedBatch.read(request, queue.name(), reader(bodies));
  }

  final ReceivedBatch.Reader<Optional<EventMessage>, QueueMessage<T>> reader(MessageBodies bodies) {
    return new MessageReader(bodies);
  }

  /** Reads messages; what is read of a body is the CloudEvent, if it is one. */
  private final class MessageReader
      implements ReceivedBatch.Reader<Optional<EventMessage>, QueueMessage<T>> {

    private final MessageBodies bodies;

    MessageReader(MessageBodies bodies) {
      this.bodies = bodies;
    }

    @Override
    public Optional<EventMessage> body(JsonReader in) {
      if (queue.cloudEvents() || EventMessage.isMarkedCloudEvent(in)) {
        return Optional.of(EventMessage.readCloudEvent(in));
      }
      in.skip();
      return Optional.empty();
    }

    @Override
    public QueueMessage<T> message(
        QueueDelivery.Message message, Optional<EventMessage> event, @Nullable Caller caller) {
      JsonSlice body = event.map(EventMessage::data).orElse(message.body());
      QueueMessage.Builder<T> builder =
          QueueMessage.builder(bodies.read(body, queue.type()))
              .id(message.id())
              .attempt(message.attempts())
              .enqueuedAt(message.enqueuedAt())
              .caller(caller);
      event.ifPresent(
          cloudEvent ->
              builder.traceParent(cloudEvent.traceParent()).cloudEvent(cloudEvent.attributes()));
      return builder.build();
    }

    @Override
    public QueueMessage<T> claimed(QueueMessage<T> message, Claim claim) {
      return message.claimed(claim);
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

package io.w7s.sdk.app;

import io.w7s.sdk.app.BatchReader.Contents;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.CloudEventBody;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueRef;
import java.util.Map;
import java.util.Optional;

/** Consumes a queue. */
final class QueueRoute<T> implements Route {

  private interface Consumer<T> {
    void consume(QueueBatch<T> batch) throws HandlerFailure;
  }

  private final QueueRef<T> queue;
  private final Consumer<T> consumer;

  private QueueRoute(QueueRef<T> queue, Consumer<T> consumer) {
    this.queue = queue;
    this.consumer = consumer;
  }

  static <T> QueueRoute<T> ofEach(QueueRef<T> queue, MessageHandler<T> handler) {
    return new QueueRoute<>(queue, batch -> EachMessage.of(batch, handler));
  }

  static <T> QueueRoute<T> ofBatch(QueueRef<T> queue, BatchHandler<T> handler) {
    return new QueueRoute<>(
        queue,
        batch -> {
          try {
            handler.handle(batch);
          } catch (Exception thrown) {
            throw EachMessage.failure(queue.name(), batch.messages(), thrown);
          }
        });
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure {
    consumer.consume(BatchReader.read(request, queue.name(), body -> contents(body, codec)));
    return Responses.acknowledged();
  }

  private Contents<T> contents(JsonSlice body, JsonCodec codec) {
    Optional<CloudEventBody> read = CloudEventBody.read(body);
    if (read.isEmpty()) {
      return new Contents<>(Bodies.read(codec, body, queue.type()), null, Optional.empty());
    }
    CloudEventBody event = read.get();
    return new Contents<>(
        Bodies.read(codec, event.data(), queue.type()),
        event.traceParent(),
        Optional.of(event.attributes()));
  }

  @Override
  public boolean isDelivery() {
    return true;
  }
}

package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.Route.BadRequest;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a queue delivery, every body of it before a handler sees the first. */
final class BatchReader {

  /** What a message's bytes hold. */
  record Contents<T>(
      @Nullable T body, @Nullable String traceParent, Optional<CloudEvent> cloudEvent) {}

  private BatchReader() {}

  /**
   * Reads a delivery.
   *
   * @param contents reads one message's body
   * @throws BadRequest naming the message that cannot be read
   */
  static <T> QueueBatch<T> read(
      AppRequest request, String queue, Function<JsonSlice, Contents<T>> contents)
      throws BadRequest {
    QueueDelivery delivery;
    try {
      delivery = QueueDelivery.read(request.body());
    } catch (CodecException unreadable) {
      throw new BadRequest(unreadable);
    }
    Optional<Caller> localSender = localSender(request.headers());
    var messages = new ArrayList<QueueMessage<T>>(delivery.messages().size());
    for (QueueDelivery.Message message : delivery.messages()) {
      messages.add(read(message, localSender, contents));
    }
    return new QueueBatch<>(queue, List.copyOf(messages), request.headers());
  }

  private static <T> QueueMessage<T> read(
      QueueDelivery.Message message,
      Optional<Caller> localSender,
      Function<JsonSlice, Contents<T>> reader)
      throws BadRequest {
    try {
      Contents<T> contents = reader.apply(message.body());
      return new QueueMessage<>(
          message.id(),
          message.attempts(),
          contents.body(),
          Optional.ofNullable(message.enqueuedAt()),
          Optional.ofNullable(message.caller()).or(() -> localSender),
          Optional.ofNullable(contents.traceParent()),
          contents.cloudEvent());
    } catch (CodecException unreadable) {
      throw new BadRequest("message " + message.id(), unreadable);
    }
  }

  /** Senders without a platform say who they are in headers, not in the messages. */
  private static Optional<Caller> localSender(Headers headers) {
    try {
      return headers
          .first("x-w7s-queue-caller-repository")
          .map(AppId::parse)
          .map(
              app ->
                  new Caller(
                      app,
                      headers
                          .first("x-w7s-queue-environment")
                          .map(Environment::of)
                          .orElse(Environment.PRODUCTION)));
    } catch (InvalidInputException unclear) {
      return Optional.empty();
    }
  }
}

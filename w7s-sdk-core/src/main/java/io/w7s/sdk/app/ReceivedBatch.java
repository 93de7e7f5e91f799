package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.Route.BadRequest;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue delivery whose messages were read one by one, so that one that cannot be read does not
 * keep the others from their handler.
 *
 * @param queue the queue's name
 * @param headers those of the delivery
 * @param messages the messages that can be read
 * @param unreadable the others
 * @param <M> what a message is read as
 */
record ReceivedBatch<M>(
    String queue, Headers headers, List<M> messages, List<UnreadableMessage> unreadable) {

  /** Reads a message. */
  @FunctionalInterface
  interface Reader<M> {

    /**
     * Reads a message.
     *
     * @param caller the app that sent it; null for unknown
     * @throws RuntimeException when the message cannot be read; usually a {@link CodecException}
     */
    M read(QueueDelivery.Message message, @Nullable Caller caller);
  }

  /**
   * Reads a delivery.
   *
   * @throws BadRequest when it is no delivery at all
   */
  static <M> ReceivedBatch<M> read(AppRequest request, String queue, Reader<M> reader)
      throws BadRequest {
    QueueDelivery delivery = read(request.body());
    Caller localSender = localSender(request.headers());
    var messages = new ArrayList<M>(delivery.messages().size());
    var unreadable = new ArrayList<UnreadableMessage>(0);
    for (QueueDelivery.Message message : delivery.messages()) {
      try {
        Caller caller = message.caller();
        messages.add(reader.read(message, caller == null ? localSender : caller));
      } catch (Throwable thrown) { // an Error, too: a constructor of the body's type may throw one
        unreadable.add(
            UnreadableMessage.of(
                message.id(), message.attempts(), failure(thrown), message.body().toBytes()));
      }
    }
    for (QueueDelivery.Unreadable message : delivery.unreadable()) {
      unreadable.add(
          UnreadableMessage.of(
              message.id(), message.attempts(), message.reason(), message.json().toBytes()));
    }
    return new ReceivedBatch<>(queue, request.headers(), messages, unreadable);
  }

  private static QueueDelivery read(byte[] json) throws BadRequest {
    try {
      return QueueDelivery.read(json);
    } catch (CodecException oneElementAtLeast) {
      try {
        return QueueDelivery.readEach(json);
      } catch (CodecException all) {
        throw new BadRequest(all);
      }
    }
  }

  private static CodecException failure(Throwable thrown) {
    return thrown instanceof CodecException refused
        ? refused
        : new CodecException(
            "message", null, "reading it threw " + thrown.getClass().getName(), thrown);
  }

  /** Returns the sender that local senders name in headers; null where there is none. */
  private static @Nullable Caller localSender(Headers headers) {
    String app = headers.first("x-w7s-queue-caller-repository").orElse(null);
    if (app == null) {
      return null;
    }
    try {
      return new Caller(
          AppId.parse(app),
          headers
              .first("x-w7s-queue-environment")
              .map(Environment::of)
              .orElse(Environment.PRODUCTION));
    } catch (InvalidInputException unclear) {
      return null;
    }
  }

  boolean isEmpty() {
    return messages.isEmpty() && unreadable.isEmpty();
  }
}

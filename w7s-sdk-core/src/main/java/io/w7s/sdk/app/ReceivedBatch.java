package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.Route.BadRequest;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.Claim;
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

  /**
   * Reads the messages of a batch.
   *
   * @param <B> what a body is read as, before it is decoded
   * @param <M> what a message is read as
   */
  interface Reader<B, M> {

    /**
     * Reads a body.
     *
     * @param in the reader in front of the body, which is left behind it
     * @throws CodecException when the body cannot be read
     */
    B body(JsonReader in);

    /**
     * Returns a message with its body decoded.
     *
     * @param caller the app that sent it; null for unknown
     * @throws RuntimeException when the body cannot be decoded; usually a {@link CodecException}
     */
    M message(QueueDelivery.Message message, B body, @Nullable Caller caller);

    /**
     * Returns what identifies a message within its queue, unless the app chooses something else.
     */
    default String key(QueueDelivery.Message message, B body) {
      return MessageKeys.of(message);
    }

    /** Returns the id by which the sender knows a message; null where it knows none. */
    default @Nullable String sentId(B body) {
      return null;
    }

    /** Returns a message that is handled under a claim. */
    M claimed(M message, Claim claim);
  }

  /**
   * Reads a delivery.
   *
   * @throws BadRequest when it is no delivery at all
   */
  static <B, M> ReceivedBatch<M> read(AppRequest request, String queue, Reader<B, M> reader)
      throws BadRequest {
    var receiver = new Receiver<B>(reader);
    try {
      QueueDelivery.read(request.body(), receiver);
    } catch (CodecException unreadable) {
      throw new BadRequest(unreadable);
    }
    Caller localSender = localSender(request.headers());
    var messages = new ArrayList<M>(receiver.messages.size());
    List<UnreadableMessage> unreadable = receiver.unreadable;
    for (int i = 0; i < receiver.messages.size(); i++) {
      QueueDelivery.Message message = receiver.messages.get(i);
      Caller caller = message.caller();
      try {
        messages.add(
            reader.message(message, receiver.bodies.get(i), caller == null ? localSender : caller));
      } catch (Throwable thrown) { // an Error, too: a constructor of the body's type may throw one
        unreadable.add(
            UnreadableMessage.of(
                message.id(), message.attempts(), failure(thrown), message.body().toBytes()));
      }
    }
    return new ReceivedBatch<>(queue, request.headers(), messages, unreadable);
  }

  /** Collects the messages of a delivery. They are decoded once all of it has been read. */
  private static final class Receiver<B> implements QueueDelivery.Receiver<B> {

    private final Reader<B, ?> reader;
    private final List<QueueDelivery.Message> messages = new ArrayList<>();
    private final List<B> bodies = new ArrayList<>();
    private final List<UnreadableMessage> unreadable = new ArrayList<>(0);

    Receiver(Reader<B, ?> reader) {
      this.reader = reader;
    }

    @Override
    public B read(JsonReader in) {
      return reader.body(in);
    }

    @Override
    public void message(QueueDelivery.Message message, B body) {
      messages.add(message);
      bodies.add(body);
    }

    @Override
    public void unreadable(QueueDelivery.Unreadable message) {
      unreadable.add(
          UnreadableMessage.of(
              message.id(), message.attempts(), message.reason(), message.body().toBytes()));
    }
  }

  static CodecException failure(Throwable thrown) {
    return thrown instanceof CodecException refused
        ? refused
        : new CodecException(
            "message", null, "reading it threw " + thrown.getClass().getName(), thrown);
  }

  /** Returns the sender that local senders name in headers; null where there is none. */
  static @Nullable Caller localSender(Headers headers) {
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

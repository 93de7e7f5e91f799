package io.w7s.sdk.app;

import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.queue.UnreadableMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One message of a delivery, until its fate is decided. Used by the thread of the delivery.
 *
 * @param <B> what a body is read as, before it is decoded
 * @param <M> what a message is read as
 */
final class DeliveredMessage<B, M> {

  private QueueDelivery.Message wire;
  private @Nullable B body;
  private @Nullable CodecException unreadableBecause;
  private String key;
  private @Nullable String sentId;
  private boolean isBroughtBack;

  /** The message in the store of parked messages, if this is to bring it back. */
  private @Nullable ParkedMessage parked;

  private @Nullable M readable;
  private @Nullable UnreadableMessage unreadable;
  private @Nullable Claim claim;

  /** What another delivery's lease still has, while that one handles the message. */
  private Duration busyFor = Duration.ZERO;

  private @Nullable Object input;
  private @Nullable Throwable thrown;
  private @Nullable Fate fate;
  private @Nullable String reason;

  private DeliveredMessage(
      QueueDelivery.Message wire,
      @Nullable B body,
      @Nullable CodecException unreadableBecause,
      String key,
      @Nullable String sentId) {
    this.wire = wire;
    this.body = body;
    this.unreadableBecause = unreadableBecause;
    this.key = key;
    this.sentId = sentId;
  }

  static <B, M> DeliveredMessage<B, M> of(
      QueueDelivery.Message wire, B body, ReceivedBatch.Reader<B, M> reader) {
    return new DeliveredMessage<>(wire, body, null, reader.key(wire, body), reader.sentId(body));
  }

  static <B, M> DeliveredMessage<B, M> of(QueueDelivery.Unreadable element) {
    var wire =
        new QueueDelivery.Message(
            element.id(), element.attempts(), null, null, null, element.body());
    return new DeliveredMessage<>(wire, null, element.reason(), MessageKeys.of(wire), null);
  }

  QueueDelivery.Message wire() {
    return wire;
  }

  /** Returns what the body was read as; null where that is still to be done. */
  @Nullable B body() {
    return body;
  }

  /** Becomes the message that this one brings back. */
  void becomes(ParkedMessage back) {
    parked = back;
    isBroughtBack = true;
    key = back.key();
    sentId = null; // it was confirmed when it was set aside
    body = null;
    unreadableBecause = null;
    wire =
        new QueueDelivery.Message(
            back.messageId(),
            back.attempts() + wire.attempts(),
            null,
            back.enqueuedAt().orElse(null),
            back.caller().orElse(null),
            JsonSlice.of(back.body()));
  }

  /** Returns whether this has become a message that another one brought back. */
  boolean isBroughtBack() {
    return isBroughtBack;
  }

  /** Returns the message in the store; null when it came from the platform alone. */
  @Nullable ParkedMessage parked() {
    return parked;
  }

  /** Sets the message in the store, which is there already or was put there first. */
  void parked(@Nullable ParkedMessage stored) {
    parked = stored;
  }

  int attempt() {
    return wire.attempts();
  }

  String key() {
    return key;
  }

  /** Sets the key that the app has chosen; the sender may know the message by it. */
  void key(String chosen) {
    key = chosen;
    sentId = sentId == null ? chosen : sentId;
  }

  /** Returns the id by which the sender knows the message; null where it knows none. */
  @Nullable String sentId() {
    return sentId;
  }

  @Nullable Fate fate() {
    return fate;
  }

  /**
   * Returns the key in the store of processed messages. Each run of a parked one has its own, and
   * the random token keeps it apart from every key that another message may have.
   */
  String runKey() {
    return parked == null || parked.isUndecided() ? key : MessageKeys.ofRun(key, parked.token());
  }

  @Nullable CodecException unreadableBecause() {
    return unreadableBecause;
  }

  boolean isRead() {
    return readable != null || unreadable != null;
  }

  void read(M message) {
    readable = message;
  }

  void cannotBeRead(CodecException reason) {
    unreadable = UnreadableMessage.of(wire.id(), wire.attempts(), reason, wire.body().toBytes());
  }

  /** Returns what the handler gets; null when it cannot be read. */
  @Nullable M readableOrNull() {
    return readable;
  }

  M readable() {
    if (readable == null) {
      throw new IllegalStateException("not readable: " + wire.id());
    }
    return readable;
  }

  @Nullable UnreadableMessage unreadable() {
    return unreadable;
  }

  Claim claim() {
    if (claim == null) {
      throw new IllegalStateException("not claimed: " + wire.id());
    }
    return claim;
  }

  void claim(Claim given) {
    claim = given;
  }

  Duration busyFor() {
    return busyFor;
  }

  void busyFor(Duration remaining) {
    busyFor = remaining;
  }

  /** The handler has ended, or an interceptor has decided. */
  void ended(Object handled, @Nullable Throwable failure) {
    input = handled;
    thrown = failure;
  }

  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Returns what log lines name. */
  Object input() {
    return input == null ? wire : input;
  }

  boolean isOpen() {
    return fate == null;
  }

  void fate(Fate decided, @Nullable String why) {
    fate = decided;
    reason = why;
  }

  BatchReport.Message report() {
    if (fate == null) {
      throw new IllegalStateException("message " + wire.id() + " has no fate");
    }
    return new BatchReport.Message(wire.id(), key, wire.attempts(), fate, reason);
  }
}

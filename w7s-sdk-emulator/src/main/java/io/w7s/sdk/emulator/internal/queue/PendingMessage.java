package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.StoredMessage;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A message as its queue holds it. Immutable; the body is handed over, not copied.
 *
 * <p>There can be a million of them, so each takes 80 bytes of heap without its body: the id is two
 * longs until somebody asks for it. A delivery asks several times, so the text is kept from then
 * on.
 */
final class PendingMessage implements QueuedMessage {

  /** The order in which messages become available. */
  static final Comparator<PendingMessage> BY_AVAILABILITY =
      (one, other) -> {
        int byTime = Long.compare(one.availableAt, other.availableAt);
        return byTime != 0 ? byTime : Long.compare(one.sequence, other.sequence);
      };

  /** When the message may join a batch, on the clock of the agenda. */
  final long availableAt;

  /** When the message has waited long enough for a batch to fill. */
  final long deadline;

  /** The order in which messages were put on their queue. */
  final long sequence;

  private final QueueId queue;
  private final long idHigh;
  private final long idLow;
  private final Instant enqueuedAt;
  private final @Nullable Caller caller;
  private final byte[] body;
  private final int attempts;

  /** Null until somebody asks for it; made twice at worst. */
  private @Nullable String id;

  PendingMessage(
      QueueId queue,
      long idHigh,
      long idLow,
      int attempts,
      Instant enqueuedAt,
      @Nullable Caller caller,
      byte[] body,
      long availableAt,
      long deadline,
      long sequence) {
    this.queue = queue;
    this.idHigh = idHigh;
    this.idLow = idLow;
    this.attempts = attempts;
    this.enqueuedAt = enqueuedAt;
    this.caller = caller;
    this.body = body;
    this.availableAt = availableAt;
    this.deadline = deadline;
    this.sequence = sequence;
  }

  /** Returns the message for its next delivery, which does not wait for a batch to fill. */
  PendingMessage forRetry(long availableAt, long sequence) {
    return with(attempts + 1, availableAt, availableAt, sequence);
  }

  /** Returns a copy that is on the queue besides this message, with times of its own. */
  PendingMessage copy(long availableAt, long deadline, long sequence) {
    return with(attempts, availableAt, deadline, sequence);
  }

  private PendingMessage with(int attempts, long availableAt, long deadline, long sequence) {
    return new PendingMessage(
        queue, idHigh, idLow, attempts, enqueuedAt, caller, body, availableAt, deadline, sequence);
  }

  @Override
  public QueueId queue() {
    return queue;
  }

  @Override
  public String id() {
    String text = id;
    if (text == null) {
      HexFormat hex = HexFormat.of();
      text = hex.toHexDigits(idHigh) + hex.toHexDigits(idLow);
      id = text;
    }
    return text;
  }

  @Override
  public int attempts() {
    return attempts;
  }

  @Override
  public Instant enqueuedAt() {
    return enqueuedAt;
  }

  @Override
  public @Nullable Caller caller() {
    return caller;
  }

  @Override
  public byte[] body() {
    return body;
  }

  @Override
  public byte[] toEnvelope() {
    return new StoredMessage(enqueuedAt, caller, JsonSlice.of(body))
        .toJson(queue.app(), queue.name());
  }

  /** Returns the id, the queue and the attempt, but not the body, which may be secret. */
  @Override
  public String toString() {
    return "message " + id() + " on " + queue + ", attempt " + attempts;
  }
}

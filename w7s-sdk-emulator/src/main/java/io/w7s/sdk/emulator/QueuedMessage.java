package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A message on a queue, as it is in one delivery; the next delivery has another object. Immutable;
 * the body is handed over, not copied.
 *
 * <p>There can be a million of them: 72 bytes of heap each, the body not counted. So the id is two
 * longs until somebody asks for it.
 */
public final class QueuedMessage {

  /** For messages that are not available yet. */
  static final Comparator<QueuedMessage> BY_AVAILABILITY =
      (one, other) -> {
        int byTime = Long.compare(one.availableAt, other.availableAt);
        return byTime != 0 ? byTime : Long.compare(one.sequence, other.sequence);
      };

  /** When it may join a batch, on the agenda's clock. */
  final long availableAt;

  /** When it has waited for others long enough. */
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

  QueuedMessage(
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

  /** The same message, to be delivered once more: at that time it has waited enough. */
  QueuedMessage again(long availableAt, long sequence) {
    return new QueuedMessage(
        queue,
        idHigh,
        idLow,
        attempts + 1,
        enqueuedAt,
        caller,
        body,
        availableAt,
        availableAt,
        sequence);
  }

  /** The same message in the same attempt, at its own time. */
  QueuedMessage copy(long availableAt, long deadline, long sequence) {
    return new QueuedMessage(
        queue, idHigh, idLow, attempts, enqueuedAt, caller, body, availableAt, deadline, sequence);
  }

  /** Returns the queue it is on. */
  public QueueId queue() {
    return queue;
  }

  /** Returns its id, the same in every delivery: 32 hexadecimal digits, made at each call. */
  public String id() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(idHigh) + hex.toHexDigits(idLow);
  }

  /** Returns which delivery this is, or will be if it still waits: from 1. */
  public int attempts() {
    return attempts;
  }

  /** Returns when the queue took it, to the millisecond. */
  public Instant enqueuedAt() {
    return enqueuedAt;
  }

  /** Returns who sent it; null where the platform does not know. */
  public @Nullable Caller caller() {
    return caller;
  }

  /** Returns what was sent, JSON. */
  public byte[] body() {
    return body;
  }

  /** Returns the JSON that the platform stores: the body with what it knows of the message. */
  public byte[] toEnvelope() {
    return Envelope.ofMessage(queue, caller, enqueuedAt, body);
  }

  /** Returns id and attempts; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "message " + id() + " on " + queue + ", attempt " + attempts;
  }
}

package io.w7s.sdk.emulator.queue;

import java.time.Instant;

/**
 * A message that was dropped and will not be delivered again.
 *
 * @param message the message, as it was in its last delivery
 * @param reason why it was dropped
 * @param cause why its last delivery failed, as text for a reader; empty when there was none
 * @param at when it was dropped
 */
public record DeadLetter(QueuedMessage message, Reason reason, String cause, Instant at) {

  /** Why a message is dropped. */
  public enum Reason {
    /** Its last delivery failed too. */
    RETRIES_EXHAUSTED,
    /** A delivery limit was used up. */
    LIMIT,
    /** Its queue was removed. */
    QUEUE_REMOVED
  }

  /** Returns the queue it was on. */
  public QueueId queue() {
    return message.queue();
  }
}

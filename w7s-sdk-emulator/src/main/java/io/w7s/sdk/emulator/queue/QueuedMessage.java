package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message on a queue, as it is in one delivery; its next delivery has another object. Immutable.
 * Two of them are equal only when they are the same object.
 */
public interface QueuedMessage {

  /** Returns the queue that the message is on. */
  QueueId queue();

  /** Returns the id, which is the same in every delivery: 32 hexadecimal digits. */
  String id();

  /** Returns the number of this delivery, or of the next one while the message waits: from 1. */
  int attempts();

  /** Returns when the queue accepted the message, to the millisecond. */
  Instant enqueuedAt();

  /** Returns the sender; null when unknown. */
  @Nullable Caller caller();

  /** Returns the JSON that was sent: the array that the queue holds, not a copy. */
  byte[] body();

  /** Returns the JSON that the platform stores: the body with its sender, time and target. */
  byte[] toEnvelope();
}

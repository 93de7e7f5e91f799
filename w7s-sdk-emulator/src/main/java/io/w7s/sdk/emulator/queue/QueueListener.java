package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.emulator.app.DeliveryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Observes the messages on the queues. */
public interface QueueListener {

  /**
   * Called when a message was accepted. It is put on its queue right after this returns, unless an
   * {@link EnqueueFault} loses it.
   *
   * @param delay the delay that its sender set
   */
  default void sent(QueuedMessage message, Duration delay) {}

  /** Called before a batch is handed to its consumer. */
  default void delivering(List<QueuedMessage> batch) {}

  /** Called after a batch was handed to its consumer. */
  default void delivered(List<QueuedMessage> batch, DeliveryResult delivery) {}

  /**
   * Called when a message is to be delivered again.
   *
   * @param next the message as it is in its next delivery
   * @param at the earliest time of that delivery
   */
  default void retrying(QueuedMessage next, Instant at) {}

  /** Called after a message was dropped. */
  default void deadLettered(DeadLetter letter) {}
}

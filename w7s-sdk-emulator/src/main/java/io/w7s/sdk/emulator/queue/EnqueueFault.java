package io.w7s.sdk.emulator.queue;

import java.time.Duration;
import java.util.List;

/**
 * Decides how messages reach their queue after the platform accepted them. Without a fault, each
 * message arrives once and without delay; tests can lose, duplicate or delay messages. Thread-safe.
 */
@FunctionalInterface
public interface EnqueueFault {

  /**
   * Returns one duration for each copy of a message that reaches the queue: the time by which the
   * copy arrives after the message's own delay. A list with one zero is the normal case, an empty
   * list loses the message, and two durations duplicate it.
   */
  List<Duration> copies(QueueId queue);
}

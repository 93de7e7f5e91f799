package io.w7s.sdk.emulator.queue;

import java.time.Duration;
import java.util.List;

/**
 * What becomes of a message between the platform's receipt and its queue. By itself each message
 * arrives once and at once; tests let it be lost, doubled or held back. Thread-safe.
 */
@FunctionalInterface
public interface EnqueueFault {

  /**
   * Returns how much longer than its delay each copy of a message takes: one zero for the normal
   * case, nothing for a message that is lost, two for one that comes twice.
   */
  List<Duration> copies(QueueId queue);
}

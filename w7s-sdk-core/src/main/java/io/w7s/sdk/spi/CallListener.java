package io.w7s.sdk.spi;

import io.w7s.sdk.error.CallException;
import java.time.Duration;

/**
 * Observes calls, never changes them: for metrics and traces. Called on the thread that makes the
 * call, or for async calls on the transport's, so it must be quick and thread-safe. What it throws
 * is logged and forgotten.
 */
public interface CallListener {

  /**
   * An attempt comes so much too early for the platform's limits. What becomes of it is up to the
   * {@link io.w7s.sdk.retry.Pacing}; without one nobody counts.
   */
  default void early(Operation<?> operation, Duration early) {}

  /** An attempt begins; the first is number 1. */
  default void attempting(Operation<?> operation, int attempt) {}

  /** An attempt came to nothing; the next one begins after the delay. */
  default void retrying(Operation<?> operation, int attempt, Outcome<?> answer, Duration delay) {}

  /** The call got its answer. */
  default void succeeded(Operation<?> operation, int attempts, Duration took) {}

  /** The call failed for good. */
  default void failed(Operation<?> operation, CallException failure, Duration took) {}
}

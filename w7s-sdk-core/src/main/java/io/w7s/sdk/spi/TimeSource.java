package io.w7s.sdk.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * The clock, delayed tasks and randomness in one seam, so that all three can be replaced together.
 * Everything in the SDK that waits, asks the time or rolls dice does it here. Implementations are
 * thread-safe.
 */
public interface TimeSource {

  /** Returns the machine's own time: wall clock, real delays, unpredictable randomness. */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }

  /**
   * Returns the wall-clock time. It may jump when the clock is set; use {@link #elapsed()} to
   * measure.
   */
  Instant now();

  /** Returns the time since some fixed moment; it never goes back. */
  Duration elapsed();

  /**
   * Blocks the calling thread.
   *
   * @throws InterruptedException at once when the thread is interrupted
   */
  void sleep(Duration delay) throws InterruptedException;

  /**
   * Returns a future that completes with null after a delay. Cancelling it drops the wait. What
   * depends on the future runs on the time source's own thread and must not block.
   */
  CompletableFuture<Void> after(Duration delay);

  /**
   * Returns a future for a call that is under way. A time source that moves only when it is told to
   * may return one whose {@code get} and {@code join} move it, so that the wait has an end.
   *
   * @param what what is under way; its {@code toString} is asked for a message
   */
  default <T> CompletableFuture<T> future(Object what) {
    return new CompletableFuture<>();
  }

  /** Returns the source of randomness, safe to use from any thread. */
  RandomGenerator random();
}

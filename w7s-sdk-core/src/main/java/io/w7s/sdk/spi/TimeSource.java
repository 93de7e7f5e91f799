package io.w7s.sdk.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The clock, the timer and the source of randomness. They are one interface so that a test can
 * replace all three together. Everything in the SDK that reads the time, waits or needs a random
 * number uses it. Implementations are thread-safe.
 *
 * <p>A delay may have any length. One that is too long for the implementation counts as the longest
 * possible delay, and one that is negative counts as zero.
 */
public interface TimeSource {

  /** Returns the time source of the machine: wall clock, real delays, unpredictable randomness. */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }

  /**
   * Returns the wall-clock time. It may jump when the clock is set; use {@link #elapsed()} to
   * measure.
   */
  Instant now();

  /** Returns the time since a fixed moment; it never goes back. */
  Duration elapsed();

  /**
   * Blocks the calling thread.
   *
   * @throws InterruptedException at once when the thread is interrupted
   */
  void sleep(Duration delay) throws InterruptedException;

  /**
   * Returns a future that completes with null after a delay. Cancelling it ends the wait. What
   * depends on the future runs on the {@link #executor()} and may block: no code of a user runs on
   * the timer's own thread, where it would delay every other wait.
   */
  CompletableFuture<Void> after(Duration delay);

  /**
   * Returns the executor of the code that follows a wait, such as the callbacks of an async call.
   * It never runs a task on a timer thread, and a task that blocks delays no other. The system's
   * time source uses daemon threads that start on demand and end after a second without work.
   *
   * <p>By default a task runs on the thread that submits it, which is right for a clock that a
   * single thread moves.
   */
  default Executor executor() {
    return Runnable::run;
  }

  /**
   * Returns a future for a call that is under way. A virtual clock may return a future whose {@code
   * get} and {@code join} advance the clock, so that the wait ends.
   *
   * @param what the call; its {@code toString} is used in messages
   */
  default <T> CompletableFuture<T> future(Object what) {
    return new CompletableFuture<>();
  }

  /** Returns the source of randomness, safe to use from any thread. */
  RandomGenerator random();
}

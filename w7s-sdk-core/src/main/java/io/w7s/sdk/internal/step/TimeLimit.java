package io.w7s.sdk.internal.step;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Interrupts a thread that takes too long, and never after that. */
final class TimeLimit {

  private final Thread thread = Thread.currentThread();
  private boolean running = true;
  private boolean exceeded;

  private TimeLimit() {}

  /**
   * Calls an action on this thread.
   *
   * @throws TimeoutException when it took longer than the limit, whatever it returned or threw
   */
  @SuppressWarnings("NullAway") // without an exception the result is that of the action
  static <T> T call(TimeSource time, Duration limit, Callable<T> action) throws Exception {
    var timeLimit = new TimeLimit();
    CompletableFuture<Void> timer = time.after(limit);
    timer.thenRunAsync(timeLimit::exceed, time.executor());
    @Nullable Throwable thrown = null;
    @Nullable T result = null;
    try {
      result = action.call();
    } catch (Throwable t) {
      thrown = t;
    }
    timer.cancel(false);
    if (timeLimit.end()) {
      var timeout = new TimeoutException("took longer than " + limit);
      if (thrown != null) {
        timeout.addSuppressed(thrown);
      }
      throw timeout;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof Exception exception) {
      throw exception;
    }
    return result;
  }

  private synchronized void exceed() {
    if (running) {
      exceeded = true;
      thread.interrupt();
    }
  }

  /** Ends the limit and its interrupt; returns whether it was exceeded. */
  private synchronized boolean end() {
    running = false;
    return exceeded && (Thread.interrupted() || exceeded);
  }
}

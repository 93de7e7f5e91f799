package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * The waits of the calls of one W7s: for a retry, for a turn, for a workflow. Closing ends all of
 * them at once. Thread-safe.
 */
final class Waits {

  private final TimeSource time;
  private final Set<CompletableFuture<Void>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Waits(TimeSource time) {
    this.time = time;
  }

  /** What a wait fails with when it was ended by {@link #close}. */
  static final class ClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClosedException() {
      super("closed", null, false, false);
    }
  }

  /**
   * Returns a future that completes after a delay, or fails with a {@link ClosedException}. What
   * follows it may block.
   */
  @SuppressWarnings("CollectionUndefinedEquality") // futures are told apart by identity
  CompletableFuture<Void> after(Duration delay) {
    CompletableFuture<Void> wait = time.after(delay);
    if (!wait.isDone()) {
      open.add(wait);
      wait.whenComplete((over, failure) -> open.remove(wait));
      if (closed) {
        end(wait);
      }
    }
    return wait;
  }

  /**
   * Blocks the calling thread for a delay.
   *
   * @throws ClosedException when the wait was ended by {@link #close}
   * @throws InterruptedException at once when the thread is interrupted
   */
  void sleep(Duration delay) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    CompletableFuture<Void> wait = after(delay);
    try {
      wait.get();
    } catch (ExecutionException ended) {
      throw ended.getCause() instanceof ClosedException closing
          ? closing
          : new IllegalStateException("the timer failed", ended.getCause());
    } finally {
      wait.cancel(false);
    }
  }

  /** Ends the waits that have begun and those that will. What follows them runs elsewhere. */
  void close() {
    closed = true;
    for (CompletableFuture<Void> wait : open) {
      try {
        time.executor().execute(() -> end(wait));
      } catch (RuntimeException | Error noThread) {
        end(wait);
      }
    }
  }

  private static void end(CompletableFuture<Void> wait) {
    wait.completeExceptionally(new ClosedException());
  }
}

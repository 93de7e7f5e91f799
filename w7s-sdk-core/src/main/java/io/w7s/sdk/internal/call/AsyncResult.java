package io.w7s.sdk.internal.call;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The future of something that goes on in steps. It always completes: what a step throws becomes
 * its failure. Once it is complete, be it because the caller cancelled it, no further step runs and
 * what is pending is cancelled.
 */
abstract class AsyncResult<T extends @Nullable Object> {

  private final CompletableFuture<T> future;
  private volatile @Nullable CompletableFuture<?> pending;

  AsyncResult(CompletableFuture<T> future) {
    this.future = future;
    future.whenComplete((value, failure) -> end(failure));
  }

  final CompletableFuture<T> future() {
    return future;
  }

  private void end(@Nullable Throwable failure) {
    CompletableFuture<?> last = pending;
    if (last != null) {
      last.cancel(true);
    }
    ended(failure);
  }

  /** Called before the future fails, because a step threw or said so. */
  void failing(Throwable failure) {}

  /**
   * Called when the future is complete, maybe by the caller who cancelled it.
   *
   * @param failure what the future failed with; null when it has a value
   */
  void ended(@Nullable Throwable failure) {}

  final void complete(T value) {
    future.complete(value);
  }

  final void fail(Throwable failure) {
    failing(failure);
    future.completeExceptionally(failure);
  }

  /** Runs a step unless the future is complete. */
  final void step(Runnable step) {
    if (!future.isDone()) {
      try {
        step.run();
      } catch (Throwable thrown) { // an Error, too: the owner of the future waits for it
        fail(thrown);
      }
    }
  }

  /** Runs a step when something pending is done, with its value or its failure. */
  final <V> void when(
      CompletableFuture<V> next, BiConsumer<? super V, ? super @Nullable Throwable> step) {
    pending = next;
    next.whenComplete(
        (value, failure) ->
            step(() -> step.accept(value, failure == null ? null : Async.unwrapped(failure))));
    if (future.isDone()) {
      next.cancel(true);
    }
  }
}

package io.w7s.sdk.internal.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the clients' futures behave: every failure arrives through the future, and cancelling it ends
 * the call.
 */
public final class Async {

  private Async() {}

  /** Begins a call; what is refused before anything is sent is reported through the future, too. */
  public static <R> CompletableFuture<R> guarded(Supplier<CompletableFuture<R>> call) {
    try {
      return call.get();
    } catch (Throwable thrown) { // whatever it is, the future's owner waits for it
      return CompletableFuture.failedFuture(thrown);
    }
  }

  /**
   * Returns a call with its result changed. A failure arrives unwrapped, and cancelling the outcome
   * ends the call.
   */
  static <A, B> CompletableFuture<B> then(CompletableFuture<A> call, Function<A, B> change) {
    CompletableFuture<B> changed = call.newIncompleteFuture(); // waits as the call does
    call.whenComplete(
        (result, failure) -> {
          if (failure != null) {
            changed.completeExceptionally(unwrapped(failure));
            return;
          }
          try {
            changed.complete(change.apply(result));
          } catch (Throwable thrown) { // a user's constructor may throw an Error
            changed.completeExceptionally(thrown);
          }
        });
    changed.whenComplete((done, failure) -> call.cancel(true));
    return changed;
  }

  /** Returns what a future failed with, without the wrapping that dependent stages add. */
  public static Throwable unwrapped(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}

package io.w7s.sdk.internal.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all futures of the SDK have in common: every failure comes out of the future, unwrapped. */
public final class Async {

  private Async() {}

  /** Begins a call. What it throws is the failure of the future that is returned. */
  public static <R> CompletableFuture<R> guarded(Supplier<CompletableFuture<R>> call) {
    try {
      return call.get();
    } catch (Throwable thrown) { // an Error, too: the owner of the future waits for it
      return CompletableFuture.failedFuture(thrown);
    }
  }

  /** Returns what a future failed with, without the wrapping that dependent stages add. */
  public static Throwable unwrapped(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}

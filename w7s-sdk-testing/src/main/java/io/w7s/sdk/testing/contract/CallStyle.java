package io.w7s.sdk.testing.contract;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The two ways to make a call. They must have the same results. */
enum CallStyle {
  BLOCKING {
    @Override
    <T> T call(Supplier<T> blocking, Supplier<CompletableFuture<T>> async) {
      return blocking.get();
    }
  },
  ASYNC {
    @Override
    <T> T call(Supplier<T> blocking, Supplier<CompletableFuture<T>> async) {
      try {
        return async.get().join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  };

  abstract <T> T call(Supplier<T> blocking, Supplier<CompletableFuture<T>> async);
}

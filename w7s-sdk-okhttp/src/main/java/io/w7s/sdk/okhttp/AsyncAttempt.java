package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;

/**
 * An attempt on a thread of the client. It may have to wait for a thread, and can be ended while it
 * waits. Its result always completes, whatever is thrown.
 */
final class AsyncAttempt<R> implements Callback {

  private final CompletableFuture<Outcome<R>> result = new CompletableFuture<>();
  private final Attempt<R> attempt;

  AsyncAttempt(HttpAttempts owner, Exchange<R> exchange, Duration timeout) {
    attempt = new Attempt<>(owner, exchange, timeout, this::endedWaiting);
    result.whenComplete(
        (outcome, failure) -> {
          if (result.isCancelled()) {
            attempt.call().cancel();
          }
          attempt.finish();
        });
  }

  void begin() {
    try {
      attempt.begin();
      attempt.call().enqueue(this);
    } catch (RuntimeException | Error e) { // such as: no more threads
      result.completeExceptionally(e);
    }
  }

  CompletableFuture<Outcome<R>> result() {
    return result;
  }

  private interface OutcomeSupplier<R> {
    Outcome<R> get() throws IOException;
  }

  private void complete(OutcomeSupplier<R> outcome) {
    try {
      result.complete(outcome.get());
    } catch (IOException e) {
      onFailure(attempt.call(), e);
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  @Override
  public void onResponse(Call call, Response response) {
    complete(() -> attempt.readWhole(response));
  }

  @Override
  public void onFailure(Call call, IOException e) {
    complete(() -> attempt.failed(e));
  }

  /**
   * Completes on another thread, because what depends on the result may block: this is called on
   * the watchdog's thread or by whoever closes the client. The common pool is no place for that
   * either, because it belongs to the whole JVM.
   */
  private void endedWaiting() {
    result.completeAsync(
        () -> attempt.failed(new IOException("ended before its turn")),
        TimeSource.system().executor());
  }
}

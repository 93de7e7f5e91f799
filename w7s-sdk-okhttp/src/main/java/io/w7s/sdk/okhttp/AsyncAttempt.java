package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;

/**
 * An attempt on a thread of the client. It may have to wait for one, and can be ended while it
 * does.
 */
final class AsyncAttempt<R> implements Callback {

  private final CompletableFuture<Outcome<R>> result = new CompletableFuture<>();
  private final Attempt<R> attempt;

  AsyncAttempt(HttpAttempts owner, Exchange<R> exchange, Duration timeout) {
    attempt = new Attempt<>(owner, exchange, timeout, this::endedWaiting);
    result.whenComplete(
        (answer, failure) -> {
          if (result.isCancelled()) {
            attempt.call().cancel();
          }
          attempt.finish();
        });
  }

  void begin() {
    attempt.begin();
    attempt.call().enqueue(this);
  }

  CompletableFuture<Outcome<R>> result() {
    return result;
  }

  @Override
  public void onResponse(Call call, Response response) {
    try {
      result.complete(attempt.readWhole(response));
    } catch (IOException e) {
      result.complete(attempt.failed(e));
    } catch (RuntimeException defect) {
      result.completeExceptionally(defect);
    }
  }

  @Override
  public void onFailure(Call call, IOException e) {
    result.complete(attempt.failed(e));
  }

  /** Elsewhere than on the thread that ends it, for what hangs on the result may take its time. */
  private void endedWaiting() {
    result.completeAsync(() -> attempt.failed(new IOException("ended before its turn")));
  }
}

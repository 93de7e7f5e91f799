package io.w7s.sdk.local;

import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Transport;
import java.util.concurrent.CompletableFuture;

/** Operations as HTTP requests to the apps themselves. Thread-safe. */
final class LocalTransport implements Transport {

  private final LocalDelivery delivery;
  private final HttpAttempts http;

  LocalTransport(LocalDelivery delivery, HttpAttempts http) {
    this.delivery = delivery;
    this.http = http;
  }

  @Override
  public <R> Answer<R> execute(Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    Step<R> step = delivery.of(operation);
    return step instanceof Step.Request<R> request
        ? http.execute(request.exchange(), context.timeout())
        : ((Step.Known<R>) step).answer();
  }

  @Override
  public <R> CompletableFuture<Answer<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return CompletableFuture.completedFuture(HttpAttempts.closedBefore());
    }
    Step<R> step = delivery.of(operation);
    return step instanceof Step.Request<R> request
        ? http.executeAsync(request.exchange(), context.timeout())
        : CompletableFuture.completedFuture(((Step.Known<R>) step).answer());
  }

  @Override
  public void close() {
    http.close();
  }
}

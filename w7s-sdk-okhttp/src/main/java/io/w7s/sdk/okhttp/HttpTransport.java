package io.w7s.sdk.okhttp;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.concurrent.CompletableFuture;

/** Operations as HTTP exchanges. Thread-safe. */
public final class HttpTransport implements Transport {

  private final Operation.Visitor<HttpOperation<?>> operations;
  private final HttpAttempts http;

  /** Makes attempts over HTTP, which are closed with this. */
  public HttpTransport(Operation.Visitor<HttpOperation<?>> operations, HttpAttempts http) {
    this.operations = operations;
    this.http = http;
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    HttpOperation<R> step = httpOperation(operation);
    return step instanceof Exchange<R> exchange
        ? http.execute(exchange, context.timeout())
        : ((HttpOperation.Known<R>) step).outcome();
  }

  @Override
  public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    HttpOperation<RawResponse> step = httpOperation(call);
    return step instanceof Exchange<RawResponse> exchange
        ? http.stream(exchange, context.timeout())
        : ((HttpOperation.Known<RawResponse>) step).outcome().map(RawResponse::asStream);
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return CompletableFuture.completedFuture(HttpAttempts.closedBefore());
    }
    HttpOperation<R> step = httpOperation(operation);
    return step instanceof Exchange<R> exchange
        ? http.executeAsync(exchange, context.timeout())
        : CompletableFuture.completedFuture(((HttpOperation.Known<R>) step).outcome());
  }

  @SuppressWarnings("unchecked") // an HTTP operation of this very operation has its result
  private <R> HttpOperation<R> httpOperation(Operation<R> operation) {
    HttpOperation<?> http = operation.accept(operations);
    if (http.operation() != operation) {
      throw new IllegalStateException(operation.name() + " became " + http.operation().name());
    }
    return (HttpOperation<R>) http;
  }

  @Override
  public void close() {
    http.close();
  }
}

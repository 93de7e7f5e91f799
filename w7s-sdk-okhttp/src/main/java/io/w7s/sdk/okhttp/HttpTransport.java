package io.w7s.sdk.okhttp;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Transport;
import java.util.concurrent.CompletableFuture;

/** Operations as HTTP exchanges. Thread-safe. */
public final class HttpTransport implements Transport {

  /** Says what each operation takes; it sends nothing itself. Thread-safe. */
  public interface Steps {

    /**
     * Returns what an operation takes.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when a setting for its target is missing
     */
    <R> Step<R> of(Operation<R> operation);
  }

  private final Steps steps;
  private final HttpAttempts http;

  /** Makes attempts over HTTP, which are closed with this. */
  public HttpTransport(Steps steps, HttpAttempts http) {
    this.steps = steps;
    this.http = http;
  }

  @Override
  public <R> Answer<R> execute(Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    Step<R> step = steps.of(operation);
    return step instanceof Exchange<R> exchange
        ? http.execute(exchange, context.timeout())
        : ((Step.Known<R>) step).answer();
  }

  @Override
  public Answer<RpcStream> stream(RpcCall call, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    Step<RpcAnswer> step = steps.of(call);
    return step instanceof Exchange<RpcAnswer> exchange
        ? http.stream(exchange, context.timeout())
        : ((Step.Known<RpcAnswer>) step).answer().map(RpcAnswer::asStream);
  }

  @Override
  public <R> CompletableFuture<Answer<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return CompletableFuture.completedFuture(HttpAttempts.closedBefore());
    }
    Step<R> step = steps.of(operation);
    return step instanceof Exchange<R> exchange
        ? http.executeAsync(exchange, context.timeout())
        : CompletableFuture.completedFuture(((Step.Known<R>) step).answer());
  }

  @Override
  public void close() {
    http.close();
  }
}

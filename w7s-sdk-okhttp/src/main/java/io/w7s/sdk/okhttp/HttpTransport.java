package io.w7s.sdk.okhttp;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.util.concurrent.CompletableFuture;

/** Operations as HTTP exchanges. Thread-safe. */
public final class HttpTransport implements Transport {

  /**
   * Says what each operation takes; it sends nothing itself. Thread-safe. Each method throws a
   * {@link io.w7s.sdk.error.ConfigurationException} when a setting for the target is missing.
   */
  public interface Steps {

    /** Returns what an RPC takes. */
    HttpOperation<RawResponse> rpc(RpcCall call);

    /** Returns what a message for a queue takes. */
    HttpOperation<SendReceipt> queue(QueueSend send);

    /** Returns what an event takes. */
    HttpOperation<PublishReceipt> event(EventPublish publish);

    /** Returns what the start of a workflow takes. */
    HttpOperation<WorkflowInstance> workflow(WorkflowStart start);

    /** Returns what the question for an instance takes. */
    HttpOperation<WorkflowInstance> instance(WorkflowQuery query);
  }

  private final Steps steps;
  private final HttpAttempts http;

  /** Makes attempts over HTTP, which are closed with this. */
  public HttpTransport(Steps steps, HttpAttempts http) {
    this.steps = steps;
    this.http = http;
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    HttpOperation<R> step = step(operation);
    return step instanceof Exchange<R> exchange
        ? http.execute(exchange, context.timeout())
        : ((HttpOperation.Known<R>) step).answer();
  }

  @Override
  public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    HttpOperation<RawResponse> step = steps.rpc(call);
    return step instanceof Exchange<RawResponse> exchange
        ? http.stream(exchange, context.timeout())
        : ((HttpOperation.Known<RawResponse>) step).answer().map(RawResponse::asStream);
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (http.isClosed()) {
      return CompletableFuture.completedFuture(HttpAttempts.closedBefore());
    }
    HttpOperation<R> step = step(operation);
    return step instanceof Exchange<R> exchange
        ? http.executeAsync(exchange, context.timeout())
        : CompletableFuture.completedFuture(((HttpOperation.Known<R>) step).answer());
  }

  @SuppressWarnings("unchecked") // each kind of operation says itself what it results in
  private <R> HttpOperation<R> step(Operation<R> operation) {
    if (operation instanceof RpcCall call) {
      return (HttpOperation<R>) steps.rpc(call);
    }
    if (operation instanceof QueueSend send) {
      return (HttpOperation<R>) steps.queue(send);
    }
    if (operation instanceof EventPublish publish) {
      return (HttpOperation<R>) steps.event(publish);
    }
    if (operation instanceof WorkflowStart start) {
      return (HttpOperation<R>) steps.workflow(start);
    }
    return (HttpOperation<R>) steps.instance((WorkflowQuery) operation);
  }

  @Override
  public void close() {
    http.close();
  }
}

package io.w7s.sdk.okhttp;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
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
    Step<RpcAnswer> rpc(RpcCall call);

    /** Returns what a message for a queue takes. */
    Step<SendReceipt> queue(QueueSend send);

    /** Returns what an event takes. */
    Step<PublishReceipt> event(EventPublish publish);

    /** Returns what the start of a workflow takes. */
    Step<WorkflowInstance> workflow(WorkflowStart start);

    /** Returns what the question for an instance takes. */
    Step<WorkflowInstance> instance(WorkflowQuery query);
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
    Step<R> step = step(operation);
    return step instanceof Exchange<R> exchange
        ? http.execute(exchange, context.timeout())
        : ((Step.Known<R>) step).answer();
  }

  @Override
  public Answer<RpcStream> stream(RpcCall call, CallContext context) {
    if (http.isClosed()) {
      return HttpAttempts.closedBefore();
    }
    Step<RpcAnswer> step = steps.rpc(call);
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
    Step<R> step = step(operation);
    return step instanceof Exchange<R> exchange
        ? http.executeAsync(exchange, context.timeout())
        : CompletableFuture.completedFuture(((Step.Known<R>) step).answer());
  }

  @SuppressWarnings("unchecked") // each kind of operation says itself what it results in
  private <R> Step<R> step(Operation<R> operation) {
    if (operation instanceof RpcCall call) {
      return (Step<R>) steps.rpc(call);
    }
    if (operation instanceof QueueSend send) {
      return (Step<R>) steps.queue(send);
    }
    if (operation instanceof EventPublish publish) {
      return (Step<R>) steps.event(publish);
    }
    if (operation instanceof WorkflowStart start) {
      return (Step<R>) steps.workflow(start);
    }
    return (Step<R>) steps.instance((WorkflowQuery) operation);
  }

  @Override
  public void close() {
    http.close();
  }
}

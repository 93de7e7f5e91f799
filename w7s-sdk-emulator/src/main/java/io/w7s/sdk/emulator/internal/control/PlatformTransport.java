package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.queue.NotStoredException;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

/** The calls of one app to the platform, without HTTP. Thread-safe. */
public final class PlatformTransport implements Transport {

  private final PlatformServices services;
  private final AppInstance caller;
  private final Timeline timeline;
  private volatile boolean closed;

  /** Makes a transport for the calls of an app, which need not be deployed yet. */
  public PlatformTransport(PlatformServices services, AppInstance caller, Timeline timeline) {
    this.services = services;
    this.caller = caller;
    this.timeline = timeline;
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    if (closed) {
      return noResponse(Failure.CLOSED, false, "this W7s is closed");
    }
    if (Thread.currentThread().isInterrupted()) {
      return noResponse(Failure.INTERRUPTED, false, "interrupted before " + operation.name());
    }
    long start = timeline.nanos();
    Outcome<R> outcome = carryOut(operation);
    if (Thread.currentThread().isInterrupted()) {
      return noResponse(Failure.INTERRUPTED, true, "interrupted during " + operation.name());
    }
    if (closed) {
      return noResponse(Failure.CLOSED, true, "this W7s was closed during " + operation.name());
    }
    Duration took = Duration.ofNanos(timeline.nanos() - start);
    return took.compareTo(context.timeout()) > 0
        ? noResponse(
            Failure.TIMED_OUT,
            true,
            operation.target() + " did not respond within " + context.timeout())
        : outcome;
  }

  private <R> Outcome<R> carryOut(Operation<R> operation) {
    try {
      DeployedApp from = services.registry().caller(caller);
      Object result = operation.accept(new Execution(from));
      return Outcome.success(operation.resultType().cast(result));
    } catch (Refusal refusal) {
      services.refused(caller.asCaller(), operation.name(), operation.target(), refusal);
      return refusal.outcome();
    } catch (NotStoredException notKept) {
      return Outcome.notDelivered(String.valueOf(notKept.getMessage()), notKept.getCause());
    } catch (UncheckedIOException unreadable) {
      return Outcome.deliveryUnknown(
          "the body of the request to " + operation.target() + " could not be read",
          unreadable.getCause());
    }
  }

  /** Has each kind of operation done by its service. */
  private final class Execution implements Operation.Visitor<Object> {

    private final DeployedApp from;

    Execution(DeployedApp from) {
      this.from = from;
    }

    @Override
    public RawResponse rpc(RpcCall call) {
      return services.rpc().call(from, RpcService.Request.of(call));
    }

    @Override
    public SendReceipt queueSend(QueueSend send) {
      return services.queues().send(from, send.app(), send.queue(), send.body(), send.delay());
    }

    @Override
    public PublishReceipt eventPublish(EventPublish publish) {
      return services.events().publish(from, publish);
    }

    @Override
    public WorkflowInstance workflowStart(WorkflowStart start) {
      return services
          .workflows()
          .start(from, start.app(), start.workflow(), start.instanceId(), start.payload())
          .instance();
    }

    @Override
    public WorkflowInstance workflowQuery(WorkflowQuery query) {
      return services
          .workflows()
          .status(from, query.app(), query.workflow(), query.instanceId())
          .instance();
    }
  }

  /** On this thread, where nothing else can run a handler; else as an item of the timeline. */
  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (!timeline.handsOver()) {
      return CompletableFuture.completedFuture(execute(operation, context));
    }
    CompletableFuture<Outcome<R>> result = timeline.future(operation.name());
    var task =
        new FutureTask<Void>(
            () -> {
              result.complete(execute(operation, context));
              return null;
            });
    var item =
        new Agenda.Item(true) {
          @Override
          protected void run() {
            task.run();
          }

          @Override
          public String toString() {
            return operation.name() + " to " + operation.target();
          }
        };
    result.whenComplete(
        (outcome, failure) -> {
          if (result.isCancelled()) {
            timeline.agenda().cancel(item);
            task.cancel(true);
          }
        });
    timeline.agenda().schedule(item, timeline.nanos());
    return result;
  }

  private static <R> Outcome<R> noResponse(Failure failure, boolean delivered, String message) {
    return new Outcome.NoResponse<>(failure, delivered, message, null);
  }

  @Override
  public void close() {
    closed = true;
  }
}

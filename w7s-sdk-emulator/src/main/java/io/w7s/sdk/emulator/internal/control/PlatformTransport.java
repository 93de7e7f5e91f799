package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.Headers;
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
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

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
      return Outcome.success(
          operation.resultType().cast(result instanceof RawResponse raw ? unpacked(raw) : result));
    } catch (Refusal refusal) {
      services.refused(caller.asCaller(), operation.name(), operation.target(), refusal);
      return refusal.outcome();
    } catch (NotStoredException notKept) {
      return Outcome.notDelivered(String.valueOf(notKept.getMessage()), notKept.getCause());
    } catch (ZipException | EOFException notGzip) {
      return Outcome.deliveryUnknown(
          "the response of " + operation.target() + " is not the gzip that it says it is", notGzip);
    } catch (UncheckedIOException unreadable) {
      return Outcome.deliveryUnknown(
          "the body of the request to " + operation.target() + " could not be read",
          unreadable.getCause());
    }
  }

  /** Returns a response as it arrives over HTTP, where clients ask for gzip and unpack it. */
  private static RawResponse unpacked(RawResponse response) throws ZipException, EOFException {
    Headers headers = response.headers();
    boolean gzip = headers.first("content-encoding").filter("gzip"::equalsIgnoreCase).isPresent();
    if (!gzip || response.body().length == 0) {
      return response;
    }
    var rest = Headers.builder();
    headers.forEach(
        (name, value) -> {
          if (!name.equals("content-encoding") && !name.equals("content-length")) {
            rest.add(name, value);
          }
        });
    try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      return new RawResponse(response.status(), rest.build(), unpacked.readAllBytes());
    } catch (ZipException | EOFException notGzip) {
      throw notGzip;
    } catch (IOException impossible) { // in memory
      throw new UncheckedIOException(impossible);
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

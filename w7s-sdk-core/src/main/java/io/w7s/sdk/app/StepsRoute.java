package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.step.DurableWorkflow;
import io.w7s.sdk.internal.step.LargeValues;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.ProgressReport;
import io.w7s.sdk.internal.wire.RunReport;
import io.w7s.sdk.internal.wire.RunSignal;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the body of a durable workflow. If the run ends well within the delivery, its result is the
 * output of the instance; otherwise a {@link RunReport} is.
 */
final class StepsRoute<I, O> implements Route {

  private static final Headers REPORT = Headers.of("content-type", RunReport.CONTENT_TYPE);

  private final WorkflowRef<I, O> workflow;
  private final StepsHandler<I, O> handler;

  StepsRoute(WorkflowRef<I, O> workflow, StepsHandler<I, O> handler) {
    this.workflow = workflow;
    this.handler = handler;
  }

  private RunId id(String instance) {
    return new RunId(workflow.toString(), instance);
  }

  private DurableWorkflow<I, O> durable(AppContext context) {
    return new DurableWorkflow<>(
        workflow,
        handler,
        context.durableRuns().log(),
        context.durableRuns().settings(),
        context.codec());
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    NewRun run = read(request, context);
    try {
      RunStatus status = durable(context).start(run, invocation(context, request.headers()));
      RawJson output = status.output();
      return output == null || LargeValues.isReference(output)
          ? report(202, withOutput(status, null)) // its handle asks for one that is too large here
          : Responses.json(200, output.utf8());
    } catch (Throwable thrown) {
      return context.handlerFailed(
          "workflow " + workflow.name() + " for instance " + SafeText.of(run.id().instance()),
          thrown);
    } finally {
      context.durableRuns().changed();
    }
  }

  /** Goes on with a run that this process has taken. */
  void goOn(HeldRun held, AppContext context, BooleanSupplier interrupted) {
    durable(context).goOn(held, invocation(context, Headers.none()), interrupted);
  }

  private DurableWorkflow.Invocation invocation(AppContext context, Headers headers) {
    return (run, body) -> context.call(kind(), workflow.name(), run, headers, body);
  }

  private NewRun read(AppRequest request, AppContext context) throws BadRequest {
    try {
      WorkflowDelivery delivery = WorkflowDelivery.read(request.body());
      Bodies.read(context.codec(), delivery.payload(), workflow.input());
      return new NewRun(
          id(delivery.instanceId()),
          context.durableRuns().toLog("payload", payload(delivery.payload())),
          delivery.createdAt(),
          delivery.caller());
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  private static RawJson payload(JsonSlice payload) {
    return RawJson.of((payload.isBlank() ? JsonSlice.ofNull() : payload).toBytes());
  }

  private static AppResponse report(int status, RunStatus run) {
    RawJson output = run.output();
    var report =
        new RunReport(
            run.state().name().toLowerCase(Locale.ROOT),
            output == null ? null : JsonSlice.of(output.utf8()),
            run.error(),
            run.dueAt());
    return Responses.json(status, REPORT, report.toJson());
  }

  /** Does something for the caller of an RPC about one run of the workflow. */
  private interface AboutRun {
    AppResponse handle(RunId run, AppRequest request, AppContext context) throws BadRequest;
  }

  /** Returns a route for what handles ask and say by RPC, at a path with the instance in it. */
  private Route byRpc(AboutRun work) {
    return new Route() {
      @Override
      public AppResponse handle(
          AppRequest request, Map<String, String> variables, AppContext context) throws BadRequest {
        return request.headers().has("x-w7s-rpc")
            ? work.handle(id(variables.getOrDefault("instance", "")), request, context)
            : Responses.refusal(403, "this path takes RPC only");
      }

      @Override
      public HandlerKind kind() {
        return HandlerKind.RPC;
      }
    };
  }

  /** Says how a run of the workflow stands. */
  Route reports() {
    return byRpc(
        (run, request, context) ->
            context
                .durableRuns()
                .log()
                .status(run)
                .map(found -> report(200, whole(found, context)))
                .orElseGet(() -> Responses.refusal(404, "there is no such run")));
  }

  private static RunStatus whole(RunStatus run, AppContext context) {
    RawJson output = run.output();
    return output == null
        ? run
        : withOutput(run, context.durableRuns().large().fromLog("result of " + run.id(), output));
  }

  private static RunStatus withOutput(RunStatus run, @Nullable RawJson output) {
    return new RunStatus(run.id(), run.state(), output, run.error(), run.dueAt());
  }

  /** Says how far a run of the workflow has come. */
  Route progress() {
    return byRpc(
        (run, request, context) ->
            Responses.json(
                200,
                ProgressReport.toJson(context.durableRuns().log().progress(run).orElse(null))));
  }

  /** Takes events for the runs of the workflow. */
  Route signals() {
    return byRpc(
        (run, request, context) ->
            switch (signal(run, request, context)) {
              case KEPT, KNOWN -> Responses.empty(204, Headers.none());
              case NO_RUN -> Responses.refusal(404, "there is no such run");
              case ENDED -> Responses.refusal(410, "the run has ended");
            });
  }

  private static SignalResult signal(RunId run, AppRequest request, AppContext context)
      throws BadRequest {
    try {
      RunSignal signal = RunSignal.read(request.body());
      RawJson value = RawJson.of(signal.value().toBytes());
      return context.durableRuns().signal(run, event(signal.name(), signal.id(), value));
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  /**
   * Signals the run that an event names.
   *
   * @throws Reject when the run has ended
   * @throws IllegalStateException when there is no such run, so that the event comes again
   */
  <T> void signal(RunEvent<T> event, String instance, Event<T> received, AppContext context) {
    RunId run = id(instance);
    T value = received.data();
    if (value == null) {
      throw new InvalidInputException("event for " + run, "null", "a value");
    }
    String id = MessageKeys.ofEvent(received.source().toString(), received.id());
    EventRecord record =
        event(event.name(), id, RawJson.of(Bodies.write(context.codec(), value, event.type())));
    switch (context.durableRuns().signal(run, record)) {
      case KEPT, KNOWN -> {}
      case NO_RUN -> throw new IllegalStateException("there is no " + run);
      case ENDED -> throw Reject.permanently(run + " has ended before its event " + event.name());
    }
  }

  private static EventRecord event(String name, String id, RawJson value) {
    return new EventRecord(
        Names.runEvent("name of the event", name), Names.runEventId("id of the event", id), value);
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.WORKFLOW;
  }

  @Override
  public String name(String method, String path) {
    return workflow.name();
  }
}

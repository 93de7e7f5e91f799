package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.step.DurableWorkflow;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.RunReport;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.Locale;
import java.util.Map;
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
    NewRun run = read(request, context.codec());
    try {
      RunStatus status = durable(context).start(run, invocation(context, request.headers()));
      RawJson output = status.output();
      return output != null ? Responses.json(200, output.utf8()) : report(202, status);
    } catch (Throwable thrown) {
      return context.handlerFailed(
          "workflow " + workflow.name() + " for instance " + SafeText.of(run.id().instance()),
          thrown);
    } finally {
      context.durableRuns().changed();
    }
  }

  /** Goes on with a run that this process has taken. */
  void goOn(HeldRun held, AppContext context) {
    durable(context).goOn(held, invocation(context, Headers.none()));
  }

  private DurableWorkflow.Invocation invocation(AppContext context, Headers headers) {
    return (run, body) -> context.call(kind(), workflow.name(), run, headers, body);
  }

  private NewRun read(AppRequest request, JsonCodec codec) throws BadRequest {
    try {
      WorkflowDelivery delivery = WorkflowDelivery.read(request.body());
      Bodies.read(codec, delivery.payload(), workflow.input());
      return new NewRun(
          id(delivery.instanceId()),
          payload(delivery.payload()),
          delivery.createdAt(),
          delivery.caller());
    } catch (CodecException unreadable) {
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

  /** Says how a run of the workflow stands. */
  Route reports() {
    return new Reports();
  }

  private final class Reports implements Route {

    @Override
    public AppResponse handle(
        AppRequest request, Map<String, String> variables, AppContext context) {
      if (!request.headers().has("x-w7s-rpc")) {
        return Responses.refusal(403, "this path takes RPC only");
      }
      @Nullable RunStatus found =
          context
              .durableRuns()
              .log()
              .status(id(variables.getOrDefault("instance", "")))
              .orElse(null);
      return found == null ? Responses.refusal(404, "there is no such run") : report(200, found);
    }

    @Override
    public HandlerKind kind() {
      return HandlerKind.RPC;
    }
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

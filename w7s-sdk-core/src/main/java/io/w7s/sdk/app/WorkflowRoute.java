package io.w7s.sdk.app;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.Map;

/** Runs the handler of a workflow. Its result, as JSON, is the output of the instance. */
final class WorkflowRoute<I, O> implements Route {

  private final WorkflowRef<I, O> workflow;
  private final WorkflowHandler<I, O> handler;

  WorkflowRoute(WorkflowRef<I, O> workflow, WorkflowHandler<I, O> handler) {
    this.workflow = workflow;
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    WorkflowRun<I> run = read(request, context.codec());
    try {
      Object result =
          context.call(kind(), workflow.name(), run, request.headers(), () -> handler.handle(run));
      return Responses.json(200, Bodies.write(context.codec(), result, workflow.output()));
    } catch (Throwable thrown) {
      return context.handlerFailed(
          "workflow " + workflow.name() + " for instance " + SafeText.of(run.instanceId()), thrown);
    }
  }

  private WorkflowRun<I> read(AppRequest request, JsonCodec codec) throws BadRequest {
    try {
      WorkflowDelivery delivery = WorkflowDelivery.read(request.body());
      return WorkflowRun.builder(workflow, Bodies.read(codec, delivery.payload(), workflow.input()))
          .instanceId(delivery.instanceId())
          .createdAt(delivery.createdAt())
          .caller(delivery.caller())
          .build();
    } catch (CodecException unreadable) {
      throw new BadRequest(unreadable);
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

package io.w7s.sdk.app;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.Map;
import java.util.Optional;

/** Runs a workflow's handler: its result, as JSON, is the instance's output. */
final class WorkflowRoute<I, O> implements Route {

  private final WorkflowRef<I, O> workflow;
  private final WorkflowHandler<I, O> handler;

  WorkflowRoute(WorkflowRef<I, O> workflow, WorkflowHandler<I, O> handler) {
    this.workflow = workflow;
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure {
    WorkflowRun<I> run = read(request, codec);
    try {
      return Responses.json(200, Bodies.write(codec, handler.handle(run), workflow.output()));
    } catch (Exception thrown) {
      throw new HandlerFailure(
          "handler of workflow " + workflow.name() + " for instance " + run.instanceId(), thrown);
    }
  }

  private WorkflowRun<I> read(AppRequest request, JsonCodec codec) throws BadRequest {
    try {
      WorkflowDelivery delivery = WorkflowDelivery.read(request.body());
      return new WorkflowRun<>(
          delivery.instanceId(),
          workflow.name(),
          Bodies.read(codec, delivery.payload(), workflow.input()),
          Optional.ofNullable(delivery.createdAt()),
          Optional.ofNullable(delivery.caller()));
    } catch (CodecException unreadable) {
      throw new BadRequest(unreadable);
    }
  }

  @Override
  public boolean isDelivery() {
    return true;
  }
}

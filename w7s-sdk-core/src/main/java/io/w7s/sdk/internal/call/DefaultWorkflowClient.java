package io.w7s.sdk.internal.call;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.workflow.StartOptions;
import io.w7s.sdk.workflow.WorkflowClient;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link WorkflowClient} over the call pipeline. */
public final class DefaultWorkflowClient implements WorkflowClient {

  private final ClientContext context;

  /** Starts for one app. */
  public DefaultWorkflowClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <I, O> WorkflowHandle<O> start(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options) {
    StartOptions effective = applied(options);
    WorkflowStart start = operation(workflow, payload, effective);
    return handle(workflow, context.pipeline().call(start, effective.callOptions()).result().id());
  }

  @Override
  public <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options) {
    return Async.guarded(
        () -> {
          StartOptions effective = applied(options);
          WorkflowStart start = operation(workflow, payload, effective);
          return Async.then(
              context.pipeline().callAsync(start, effective.callOptions()),
              completed -> handle(workflow, completed.result().id()));
        });
  }

  @Override
  public <O> WorkflowHandle<O> handle(WorkflowRef<?, O> workflow, String instanceId) {
    if (instanceId.isBlank() || instanceId.indexOf('/') >= 0) {
      throw new InvalidInputException(
          "workflow instance id",
          instanceId.isBlank() ? "blank text" : "text with a slash",
          "the full id that the start returned");
    }
    var query = new WorkflowQuery(workflow.app(), workflow.name(), instanceId);
    return new DefaultWorkflowHandle<>(context, query, workflow.output());
  }

  private StartOptions applied(Consumer<StartOptions> options) {
    var effective = new StartOptions(context.defaults());
    options.accept(effective);
    return effective;
  }

  private <I> WorkflowStart operation(
      WorkflowRef<I, ?> workflow, @Nullable I payload, StartOptions options) {
    return new WorkflowStart(
        workflow.app(),
        workflow.name(),
        workflow.path(),
        options.instanceId().orElse(null),
        context.encode("workflow payload", payload, workflow.input()),
        options.callOptions().duplicatesAllowed() || options.instanceId().isPresent());
  }
}

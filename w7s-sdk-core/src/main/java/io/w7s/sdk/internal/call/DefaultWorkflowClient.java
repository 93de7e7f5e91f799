package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.workflow.StartOptions;
import io.w7s.sdk.workflow.WorkflowClient;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowInstance;
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
    return context.pipeline().call(new Start<>(workflow, payload, options));
  }

  @Override
  public <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options) {
    return context.pipeline().callAsync(() -> new Start<>(workflow, payload, options));
  }

  @Override
  public <O> WorkflowHandle<O> handle(WorkflowRef<?, O> workflow, String instanceId) {
    return handleOf(workflow, Names.fullInstanceId("workflow instance id", instanceId));
  }

  private <O> WorkflowHandle<O> handleOf(WorkflowRef<?, O> workflow, String instanceId) {
    return new DefaultWorkflowHandle<>(context, workflow, instanceId);
  }

  private final class Start<I, O> extends ClientCall<WorkflowInstance, WorkflowHandle<O>> {

    private final WorkflowRef<I, O> workflow;
    private final @Nullable I payload;
    private final StartOptions options = new StartOptions(context.defaults());
    private final CallOptions callOptions;

    Start(WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> changes) {
      this.workflow = workflow;
      this.payload = payload;
      changes.accept(options);
      callOptions = options.callOptions();
    }

    @Override
    public Kind kind() {
      return Kind.WORKFLOW_START;
    }

    @Override
    public String target() {
      return workflow.toString();
    }

    @Override
    public String targetTemplate() {
      return target();
    }

    @Override
    CallOptions options() {
      return callOptions;
    }

    @Override
    Operation<WorkflowInstance> operation() {
      return new WorkflowStart(
          workflow.app(),
          workflow.name(),
          workflow.path(),
          options.instanceId().orElse(null),
          context.encode("workflow payload", payload, workflow.input()),
          callOptions.duplicatesAllowed() || options.instanceId().isPresent());
    }

    @Override
    WorkflowHandle<O> result(
        Operation<WorkflowInstance> sent, WorkflowInstance started, int attempts) {
      return handleOf(workflow, started.id());
    }
  }
}

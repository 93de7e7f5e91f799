package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import java.util.List;
import java.util.Optional;

/** The workflow instances of a {@link Platform}: all that are active, the newest that ended. */
public final class Workflows {

  private final WorkflowService service;
  private final WorkflowStore instances;
  private final TimeSource time;

  Workflows(WorkflowService service, WorkflowStore instances, TimeSource time) {
    this.service = service;
    this.instances = instances;
    this.time = time;
  }

  /** Returns an instance; empty when there is none of that full id. */
  public Optional<WorkflowInstance> find(
      AppId app, Environment environment, String workflow, String id) {
    return Optional.ofNullable(instances.find(key(app, environment, workflow, id)))
        .map(WorkflowStore.Entry::instance);
  }

  /** Returns the instances of a workflow, in no order. */
  public List<WorkflowInstance> of(AppId app, Environment environment, String workflow) {
    return instances.of(new Caller(app, environment), workflow);
  }

  /** Sets how an instance is doing, and adds it where it is not known; nothing is run for it. */
  public void put(
      AppId app, Environment environment, String workflow, String id, WorkflowStatus status) {
    instances.put(key(app, environment, workflow, id), status, Envelope.toMillisecond(time.now()));
  }

  /**
   * Hands an instance to its app, once, and keeps nothing of it.
   *
   * @return what it answered; empty when the platform would try again
   */
  public Optional<Output> run(WorkflowExecution instance) {
    return service.run(instance).output();
  }

  private static WorkflowStore.Key key(
      AppId app, Environment environment, String workflow, String id) {
    return new WorkflowStore.Key(new Caller(app, environment), workflow, id);
  }
}

package io.w7s.sdk.emulator;

import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one workflow instance until it is complete or has used up its attempts. */
final class ExecutionTask extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(ExecutionTask.class);

  private final WorkflowExecution instance;
  private final WorkflowService workflows;
  private final WorkflowPolicy policy;
  private final WorkflowStore instances;
  private final Timeline timeline;
  private final PlatformListener listener;
  private int attempt;

  ExecutionTask(
      WorkflowExecution instance,
      WorkflowService workflows,
      WorkflowPolicy policy,
      WorkflowStore instances,
      Timeline timeline,
      PlatformListener listener) {
    super(true);
    this.instance = instance;
    this.workflows = workflows;
    this.policy = policy;
    this.instances = instances;
    this.timeline = timeline;
    this.listener = listener;
  }

  @Override
  protected void run() {
    attempt++;
    instances.update(instance, WorkflowStatus.of(State.RUNNING));
    var result =
        new WorkflowService.Attempt(Optional.empty(), "broke off with an error of the JVM");
    try {
      result = workflows.run(instance);
    } finally {
      settle(result); // an Error goes on to whoever drives; the instance does not hang in its state
    }
  }

  private void settle(WorkflowService.Attempt result) {
    WorkflowStatus status = status(result);
    instances.update(instance, status);
    if (status.state() != State.COMPLETE) {
      log.warn("{}, attempt {}: {}", instance, attempt, result.failure());
    }
    listener.ran(instance, attempt, status);
    if (status.state() == State.WAITING) {
      timeline.agenda().schedule(this, timeline.nanosAfter(policy.delayBefore(attempt)));
    }
  }

  private WorkflowStatus status(WorkflowService.Attempt result) {
    if (result.output().isPresent()) {
      return new WorkflowStatus(State.COMPLETE, result.output(), Optional.empty());
    }
    return attempt > policy.retries()
        ? new WorkflowStatus(State.ERRORED, Optional.empty(), Optional.of(result.failure()))
        : WorkflowStatus.of(State.WAITING);
  }

  @Override
  public String toString() {
    return instance.toString();
  }
}

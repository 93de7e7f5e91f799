package io.w7s.sdk.emulator.internal.workflow;

import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.emulator.workflow.WorkflowListener;
import io.w7s.sdk.emulator.workflow.WorkflowPolicy;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Attempts to run one workflow execution until it is complete or has no attempts left. */
final class ExecutionTask extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(ExecutionTask.class);

  private final WorkflowExecution execution;
  private final ExecutionRunner runner;
  private final WorkflowPolicy policy;
  private final WorkflowStore store;
  private final Timeline timeline;
  private final WorkflowListener listener;
  private int attempt;

  ExecutionTask(
      WorkflowExecution execution,
      ExecutionRunner runner,
      WorkflowPolicy policy,
      WorkflowStore store,
      Timeline timeline,
      WorkflowListener listener) {
    super(true);
    this.execution = execution;
    this.runner = runner;
    this.policy = policy;
    this.store = store;
    this.timeline = timeline;
    this.listener = listener;
  }

  @Override
  protected void run() {
    attempt++;
    store.update(execution, WorkflowStatus.of(State.RUNNING));
    var result = ExecutionRunner.Attempt.failed("the attempt ended with an Error");
    try {
      result = runner.run(execution);
    } finally {
      settle(result); // an Error goes on to the driver; the execution does not stay running
    }
  }

  private void settle(ExecutionRunner.Attempt result) {
    WorkflowStatus status = status(result);
    store.update(execution, status);
    if (status.state() != State.COMPLETE) {
      log.warn("{}, attempt {}: {}", execution, attempt, result.delivery().cause());
    }
    listener.ran(execution, attempt, status, result.delivery());
    if (status.state() == State.WAITING) {
      timeline.agenda().schedule(this, timeline.nanosAfter(policy.delayBefore(attempt)));
    }
  }

  private WorkflowStatus status(ExecutionRunner.Attempt result) {
    if (result.output().isPresent()) {
      return new WorkflowStatus(State.COMPLETE, result.output(), Optional.empty());
    }
    return attempt > policy.retries()
        ? new WorkflowStatus(
            State.ERRORED, Optional.empty(), Optional.of(result.delivery().cause()))
        : WorkflowStatus.of(State.WAITING);
  }

  @Override
  public String toString() {
    return execution.toString();
  }
}

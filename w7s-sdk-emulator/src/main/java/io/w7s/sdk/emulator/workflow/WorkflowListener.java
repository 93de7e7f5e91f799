package io.w7s.sdk.emulator.workflow;

import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.workflow.WorkflowStatus;

/** Observes workflow executions. */
public interface WorkflowListener {

  /** Called when an execution was started, before its first attempt. */
  default void started(WorkflowExecution execution) {}

  /**
   * Called after an attempt to run an execution.
   *
   * @param attempt which attempt it was, from 1
   * @param status the state of the execution after it
   * @param delivery the result of the attempt
   */
  default void ran(
      WorkflowExecution execution, int attempt, WorkflowStatus status, DeliveryResult delivery) {}
}

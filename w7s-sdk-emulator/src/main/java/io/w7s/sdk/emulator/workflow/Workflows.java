package io.w7s.sdk.emulator.workflow;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import java.util.List;
import java.util.Optional;

/**
 * The workflow executions of a platform: all that are active, and those that ended last.
 * Thread-safe.
 */
public interface Workflows {

  /** Returns the execution with a full id; empty when there is none. */
  Optional<WorkflowInstance> find(String id);

  /** Returns the executions of a workflow, in no order. */
  List<WorkflowInstance> of(AppInstance owner, String workflow);

  /**
   * Sets the status of an execution, and adds the execution when it is unknown. The app is not
   * called.
   */
  void put(AppInstance owner, String workflow, String id, WorkflowStatus status);

  /**
   * Delivers an execution to its app once, without storing it.
   *
   * @return the output of the app; empty when the platform would try again
   */
  Optional<Output> run(WorkflowExecution execution);
}

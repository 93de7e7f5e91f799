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

  /** Returns an execution; empty when there is none of that full id. */
  Optional<WorkflowInstance> find(String id);

  /** Returns the executions of a workflow, in no order. */
  List<WorkflowInstance> of(AppInstance owner, String workflow);

  /**
   * Sets the status of an execution, and adds the execution when it is unknown; its app is not
   * called for it.
   */
  void put(AppInstance owner, String workflow, String id, WorkflowStatus status);

  /**
   * Delivers an execution to its app once, and keeps nothing of it.
   *
   * @return the output of the app; empty when the platform would try again
   */
  Optional<Output> run(WorkflowExecution execution);
}

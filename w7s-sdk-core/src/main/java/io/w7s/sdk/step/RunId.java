package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.Serializable;

/**
 * Names a run of a durable workflow.
 *
 * @param workflow the workflow, {@code owner/repo/name}
 * @param instance the platform's full instance id, which has the environment in it
 */
public record RunId(String workflow, String instance) implements Serializable {

  /** Refuses null. */
  public RunId {
    requireNonNull(workflow, "workflow");
    requireNonNull(instance, "instance");
  }

  /**
   * Returns a run of a workflow.
   *
   * @param instance the full instance id, as {@code WorkflowHandle.instanceId()} returns it
   */
  public static RunId of(WorkflowRef<?, ?> workflow, String instance) {
    return new RunId(workflow.toString(), instance);
  }

  /** Returns {@code run <instance> of <workflow>}. */
  @Override
  public String toString() {
    return "run " + SafeText.of(instance) + " of " + SafeText.of(workflow);
  }
}

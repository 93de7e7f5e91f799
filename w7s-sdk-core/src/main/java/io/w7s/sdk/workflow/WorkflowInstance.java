package io.w7s.sdk.workflow;

import java.util.Objects;

/** A workflow instance at one moment. Immutable; equal to another with the same values. */
public final class WorkflowInstance {

  private final String id;
  private final WorkflowStatus status;

  /**
   * Creates an instance. For transports and tests.
   *
   * @param id the full instance id, as the platform made it
   * @param status its status
   */
  public WorkflowInstance(String id, WorkflowStatus status) {
    this.id = id;
    this.status = status;
  }

  /** Returns the full instance id, as the platform made it. */
  public String id() {
    return id;
  }

  /** Returns the status. */
  public WorkflowStatus status() {
    return status;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WorkflowInstance instance
        && id.equals(instance.id)
        && status.equals(instance.status);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, status);
  }

  /** Returns the id and the status. */
  @Override
  public String toString() {
    return "WorkflowInstance[id=" + id + ", status=" + status + "]";
  }
}

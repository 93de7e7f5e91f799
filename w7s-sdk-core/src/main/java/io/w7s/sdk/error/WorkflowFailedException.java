package io.w7s.sdk.error;

/**
 * A workflow instance that was waited for ended without completing, after the platform's own
 * retries.
 */
public final class WorkflowFailedException extends CallException {

  private static final long serialVersionUID = 1L;

  private final String instanceId;
  private final String state;

  /**
   * Tells how the instance ended.
   *
   * @param call the wait that failed
   * @param instanceId the full instance id
   * @param state the platform's word for how it ended: {@code errored} or {@code terminated}
   * @param reason the platform's error text; empty when it gave none
   */
  public WorkflowFailedException(FailedCall call, String instanceId, String state, String reason) {
    super(
        call,
        "ended " + state + " as instance " + instanceId + (reason.isEmpty() ? "" : ": " + reason),
        null);
    this.instanceId = instanceId;
    this.state = state;
  }

  /** Returns the full instance id. */
  public String instanceId() {
    return instanceId;
  }

  /**
   * Returns the platform's word for how the instance ended: {@code errored} or {@code terminated}.
   */
  public String state() {
    return state;
  }
}

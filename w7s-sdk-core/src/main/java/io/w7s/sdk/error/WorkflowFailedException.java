package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;

/**
 * The workflow execution that the call waited for ended without completing, after the platform's
 * own retries.
 */
public final class WorkflowFailedException extends CallException {

  private static final long serialVersionUID = 1L;

  private final String instanceId;
  private final String state;

  /**
   * Creates an exception for an execution that ended. Not API: for the SDK itself.
   *
   * @param call the wait that failed
   * @param instanceId the full instance id
   * @param state the platform's word for the end: {@code errored} or {@code terminated}
   * @param reason the platform's error text; empty when it gave none
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
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

  /** Returns the platform's word for the end: {@code errored} or {@code terminated}. */
  public String state() {
    return state;
  }
}

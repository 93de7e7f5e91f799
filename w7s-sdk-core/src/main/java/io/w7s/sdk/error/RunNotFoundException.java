package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;

/**
 * The app has no such run of a durable workflow. It may not have been started, or its log has
 * forgotten it, or the workflow is not durable. Nothing was done.
 */
public final class RunNotFoundException extends CallException {

  private static final long serialVersionUID = 1L;

  private final String instanceId;

  /**
   * Creates an exception. Not API: for the SDK itself.
   *
   * @param call the call that failed
   * @param instanceId the full instance id
   * @param cause what the app has responded
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public RunNotFoundException(FailedCall call, String instanceId, RpcFailedException cause) {
    super(
        call,
        "found no run "
            + instanceId
            + ": it has to be the full id that handle.instanceId() returns, of a run that is in the"
            + " log of its app",
        cause);
    this.instanceId = instanceId;
  }

  /** Returns the full instance id. */
  public String instanceId() {
    return instanceId;
  }
}

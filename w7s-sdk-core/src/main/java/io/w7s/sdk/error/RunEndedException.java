package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;

/**
 * The run of a durable workflow has ended, so that it can take no event any more. Nothing was done.
 */
public final class RunEndedException extends CallException {

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
  public RunEndedException(FailedCall call, String instanceId, RpcFailedException cause) {
    super(call, "came after the end of run " + instanceId, cause);
    this.instanceId = instanceId;
  }

  /** Returns the full instance id. */
  public String instanceId() {
    return instanceId;
  }
}

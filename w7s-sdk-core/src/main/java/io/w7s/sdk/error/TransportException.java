package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import org.jspecify.annotations.Nullable;

/**
 * No usable response came back: the platform or the target could not be reached, the connection
 * broke, the wait was interrupted, or the response was not one of the platform.
 */
public sealed class TransportException extends CallException permits CallTimeoutException {

  private static final long serialVersionUID = 1L;

  private final boolean mayHaveBeenDelivered;

  /**
   * Creates an exception for a call without a usable response. Not API: for the SDK itself.
   *
   * @param call the call that failed
   * @param mayHaveBeenDelivered false only when it is certain that the request did not get through
   * @param reason what went wrong, naming the address that was tried
   * @param cause the transport's own exception; null when there was none
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public TransportException(
      FailedCall call, boolean mayHaveBeenDelivered, String reason, @Nullable Throwable cause) {
    super(
        call,
        "got no response: "
            + reason
            + (mayHaveBeenDelivered ? " (it may have been delivered)" : " (it was not delivered)"),
        cause);
    this.mayHaveBeenDelivered = mayHaveBeenDelivered;
  }

  /**
   * Returns whether the request may have been delivered and had its effect; false only when it is
   * certain that it was not.
   */
  public boolean mayHaveBeenDelivered() {
    return mayHaveBeenDelivered;
  }
}

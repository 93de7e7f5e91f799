package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import org.jspecify.annotations.Nullable;

/** No usable response came back within the time that the caller allowed. */
public final class CallTimeoutException extends TransportException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a call whose time was over. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public CallTimeoutException(
      FailedCall call, boolean mayHaveBeenDelivered, String reason, @Nullable Throwable cause) {
    super(call, mayHaveBeenDelivered, reason, cause);
  }
}

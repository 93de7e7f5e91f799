package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/** No answer came back within the time that the caller allowed. */
public final class CallTimeoutException extends TransportException {

  private static final long serialVersionUID = 1L;

  /** Tells which wait ended, as {@link TransportException} does. */
  public CallTimeoutException(
      FailedCall call, boolean mayHaveBeenDelivered, String reason, @Nullable Throwable cause) {
    super(call, mayHaveBeenDelivered, reason, cause);
  }
}

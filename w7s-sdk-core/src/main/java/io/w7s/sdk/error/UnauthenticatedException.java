package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/**
 * The platform knows no such token, or the token is of another kind (401). Tokens are made anew at
 * each deploy.
 */
public final class UnauthenticatedException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a refused call. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public UnauthenticatedException(
      FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 401, platformMessage, details);
  }
}

package io.w7s.sdk.error;

import java.util.Map;

/**
 * The platform knows no such token, or the token is of another kind (401). Tokens are made anew at
 * each deploy.
 */
public final class UnauthenticatedException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Tells the refusal. */
  public UnauthenticatedException(
      FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 401, platformMessage, details);
  }
}

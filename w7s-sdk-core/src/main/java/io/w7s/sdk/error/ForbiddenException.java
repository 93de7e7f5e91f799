package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/**
 * The target belongs to another owner and its allow list does not name the caller, or the publisher
 * of an event does not declare that it publishes the subject (403).
 */
public final class ForbiddenException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a refused call. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public ForbiddenException(FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 403, platformMessage, details);
  }
}

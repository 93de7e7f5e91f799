package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/**
 * The caller's environment has no such deployment, or it declares no such queue or workflow (404).
 */
public final class NotFoundException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a refused call. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public NotFoundException(FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 404, platformMessage, details);
  }
}

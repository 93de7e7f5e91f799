package io.w7s.sdk.error;

import java.util.Map;

/**
 * The caller's environment has no such deployment, or it declares no such queue or workflow (404).
 */
public final class NotFoundException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Tells the refusal. */
  public NotFoundException(FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 404, platformMessage, details);
  }
}

package io.w7s.sdk.error;

import java.util.Map;

/** The body, or the envelope around it, is over the platform's limit of 65,536 bytes (413). */
public final class PayloadTooLargeException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Tells the refusal. */
  public PayloadTooLargeException(
      FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 413, platformMessage, details);
  }
}

package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/** The body, or the envelope around it, is over the platform's limit of 65,536 bytes (413). */
public final class PayloadTooLargeException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a refused call. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public PayloadTooLargeException(
      FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 413, platformMessage, details);
  }
}

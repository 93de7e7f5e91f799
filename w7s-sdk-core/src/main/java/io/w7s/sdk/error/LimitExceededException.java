package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/**
 * A burst, daily or active-workflow limit is used up, or the app is suspended (429). {@link
 * #retryAt()} says when to come back: seconds for a burst limit, up to a day for a daily one. The
 * request had no effect; where {@link io.w7s.sdk.retry.Pacing} refused it, it was not even sent.
 */
public final class LimitExceededException extends StatusException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception for a refused call. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public LimitExceededException(
      FailedCall call, String platformMessage, Map<String, Object> details) {
    super(call, 429, platformMessage, details);
  }
}

package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.util.Map;

/**
 * The platform refused a call. The refusals that callers treat differently have types of their own;
 * any other status is this class itself. After a 5xx status it is unknown whether the request had
 * its effect.
 */
public sealed class StatusException extends CallException
    permits UnauthenticatedException,
        ForbiddenException,
        NotFoundException,
        PayloadTooLargeException,
        LimitExceededException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String platformMessage;

  @SuppressWarnings("serial") // plain JSON values in JDK collections, all serializable
  private final Map<String, Object> details;

  /**
   * Creates an exception for a refused call. Not API: for the SDK itself.
   *
   * @param call the call that was refused
   * @param status the HTTP status
   * @param platformMessage the platform's message; empty when it gave none
   * @param details the platform's details as plain JSON values; empty when it gave none
   */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public StatusException(
      FailedCall call, int status, String platformMessage, Map<String, Object> details) {
    super(
        call,
        "was refused with " + status + (platformMessage.isEmpty() ? "" : ": " + platformMessage),
        null);
    this.status = status;
    this.platformMessage = platformMessage;
    this.details = details;
  }

  /** Returns the HTTP status of the refusal. */
  public int status() {
    return status;
  }

  /** Returns the platform's message, cut to 1 KiB; empty when it gave none. */
  public String platformMessage() {
    return platformMessage;
  }

  /**
   * Returns the platform's details: an unmodifiable map of plain JSON values (text, numbers,
   * booleans, lists, maps), for a 429 under {@code usageLimit}, {@code rateLimit}, {@code
   * activeWorkflowLimit} or {@code appLimitState}. Empty when it gave none. If pacing refused the
   * call on this side, they are under {@code pacing}.
   */
  public Map<String, Object> details() {
    return details;
  }
}

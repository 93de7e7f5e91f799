package io.w7s.sdk.error;

import java.util.Map;

/**
 * The platform answered and refused. The kinds that callers tell apart have types of their own; any
 * other status is this class itself. What a 5xx status left behind is not known: the request may
 * have had its effect.
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
   * Tells the refusal.
   *
   * @param call the call that was refused
   * @param status the HTTP status
   * @param platformMessage the platform's own words; empty when it had none
   * @param details the platform's details as plain JSON values; empty when it gave none
   */
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

  /** Returns the platform's own words, cut to 1 KiB; empty when it had none. */
  public String platformMessage() {
    return platformMessage;
  }

  /**
   * Returns the platform's details: an unmodifiable map of plain JSON values (text, numbers,
   * booleans, lists, maps), for a 429 under {@code usageLimit}, {@code rateLimit}, {@code
   * activeWorkflowLimit} or {@code appLimitState}. Empty when it gave none. Where pacing refused
   * the call on this side they are under {@code pacing}.
   */
  public Map<String, Object> details() {
    return details;
  }
}

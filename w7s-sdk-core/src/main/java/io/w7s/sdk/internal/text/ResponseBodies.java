package io.w7s.sdk.internal.text;

/** Which HTTP responses have a body, as in RFC 9110. */
public final class ResponseBodies {

  private static final int NO_CONTENT = 204;
  private static final int RESET_CONTENT = 205;
  private static final int NOT_MODIFIED = 304;

  private ResponseBodies() {}

  /** Returns whether a response with this status may have a body. */
  public static boolean isAllowed(int status) {
    return status != NO_CONTENT && status != RESET_CONTENT && status != NOT_MODIFIED;
  }
}

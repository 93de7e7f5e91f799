package io.w7s.sdk.signature;

/** Thrown when a request fails a check. It has no stack trace: anybody can make many of them. */
final class RefusedRequest extends Exception {

  private static final long serialVersionUID = 1L;

  /** The checks, in the order in which they are made, with the status that refuses a request. */
  enum Check {
    BODY_SIZE("body-size", 413),
    TARGET("target", 400),
    METHOD("method", 400),
    SIGNATURE_MISSING("signature-missing", 401),
    HEADER_TWICE("header-twice", 400),
    KIND_UNKNOWN("kind-unknown", 401),
    ID_FORMAT("id-format", 401),
    TIME_FORMAT("time-format", 401),
    SIGNATURE_FORMAT("signature-format", 401),
    HEADER_VALUE("header-value", 400),
    KIND_HEADERS("kind-headers", 400),
    KIND_DIRECTION("kind-direction", 401),
    TOO_OLD("too-old", 401),
    TOO_NEW("too-new", 401),
    SIGNATURE_WRONG("signature-wrong", 401),
    NOT_PUBLIC("not-public", 401),
    ID_USED("id-used", 401),
    IDS_UNAVAILABLE("ids-unavailable", 503);

    private final String word;
    private final int status;

    Check(String word, int status) {
      this.word = word;
      this.status = status;
    }

    int status() {
      return status;
    }

    /** Returns the name of the check, as the vectors have it. */
    @Override
    public String toString() {
      return word;
    }
  }

  private final Check check;
  private final String reason;
  private final String detail;

  /**
   * Creates one.
   *
   * @param reason what is wrong, for the response: nothing of the request is in it
   */
  RefusedRequest(Check check, String reason) {
    this(check, reason, "");
  }

  /**
   * Creates one.
   *
   * @param detail what only the log says, on one line; empty for nothing
   */
  RefusedRequest(Check check, String reason, String detail) {
    super(reason, null, false, false);
    this.check = check;
    this.reason = reason;
    this.detail = detail;
  }

  Check check() {
    return check;
  }

  String reason() {
    return reason;
  }

  String detail() {
    return detail;
  }
}

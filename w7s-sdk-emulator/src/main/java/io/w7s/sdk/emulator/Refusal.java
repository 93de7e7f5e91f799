package io.w7s.sdk.emulator;

import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The platform says no; thrown within the core and never out of this package. */
final class Refusal extends RuntimeException {

  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int TOO_LARGE = 413;
  static final int TOO_MANY = 429;

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String words;
  private final transient Map<String, Object> details;
  private final @Nullable Duration retryAfter;
  private boolean text;

  Refusal(int status, String words, Map<String, Object> details, @Nullable Duration retryAfter) {
    super(words, null, false, false);
    this.status = status;
    this.words = words;
    this.details = details;
    this.retryAfter = retryAfter;
  }

  Refusal(int status, String words) {
    this(status, words, Map.of(), null);
  }

  int status() {
    return status;
  }

  String words() {
    return words;
  }

  Map<String, Object> details() {
    return details;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Returns the same, of which HTTP says that it is plain text. */
  Refusal inText() {
    var copy = new Refusal(status, words, details, retryAfter);
    copy.text = true;
    return copy;
  }

  boolean isText() {
    return text;
  }

  <R> Outcome<R> answer() {
    return new Outcome.Refused<>(status, words, details, retryAfter);
  }
}

package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal of a call by the platform. The engines throw it, and the control plane and the
 * transport turn it into a response or an outcome; it never leaves the emulator.
 */
public final class Refusal extends RuntimeException {

  public static final int BAD_REQUEST = 400;
  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  public static final int TOO_LARGE = 413;
  public static final int TOO_MANY = 429;
  public static final int SERVER_ERROR = 500;

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String words;
  private final transient Map<String, Object> details;
  private final @Nullable Duration retryAfter;
  private boolean text;

  /**
   * Makes a refusal with details.
   *
   * @param words the platform's message
   * @param details more of it, for programs
   * @param retryAfter when the call may succeed; null when no time is known
   */
  public Refusal(
      int status, String words, Map<String, Object> details, @Nullable Duration retryAfter) {
    super(words, null, false, false);
    this.status = status;
    this.words = words;
    this.details = details;
    this.retryAfter = retryAfter;
  }

  /** Makes a refusal without details. */
  public Refusal(int status, String words) {
    this(status, words, Map.of(), null);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the platform's message. */
  public String words() {
    return words;
  }

  /** Returns details for programs; empty when there are none. */
  public Map<String, Object> details() {
    return details;
  }

  /** Returns when the call may succeed; null when no time is known. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Returns the same refusal with the content type of plain text. */
  public Refusal inText() {
    var copy = new Refusal(status, words, details, retryAfter);
    copy.text = true;
    return copy;
  }

  /** Returns whether the content type is that of plain text. */
  public boolean isText() {
    return text;
  }

  /** Returns the outcome of the call for a transport. */
  public <R> Outcome<R> outcome() {
    return new Outcome.Refused<>(status, words, details, retryAfter);
  }
}

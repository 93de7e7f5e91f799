package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The platform refuses a call. The engines throw it, and the control plane and the transport turn
 * it into an answer; it never leaves the emulator.
 */
public final class Refusal extends RuntimeException {

  public static final int BAD_REQUEST = 400;
  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  public static final int TOO_LARGE = 413;
  public static final int TOO_MANY = 429;

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String words;
  private final transient Map<String, Object> details;
  private final @Nullable Duration retryAfter;
  private boolean text;

  public Refusal(
      int status, String words, Map<String, Object> details, @Nullable Duration retryAfter) {
    super(words, null, false, false);
    this.status = status;
    this.words = words;
    this.details = details;
    this.retryAfter = retryAfter;
  }

  public Refusal(int status, String words) {
    this(status, words, Map.of(), null);
  }

  public int status() {
    return status;
  }

  public String words() {
    return words;
  }

  public Map<String, Object> details() {
    return details;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Returns the same refusal, which HTTP declares to be plain text. */
  public Refusal inText() {
    var copy = new Refusal(status, words, details, retryAfter);
    copy.text = true;
    return copy;
  }

  public boolean isText() {
    return text;
  }

  public <R> Outcome<R> answer() {
    return new Outcome.Refused<>(status, words, details, retryAfter);
  }
}

package io.w7s.sdk.error;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call that did not succeed, whatever the reason.
 *
 * @param operation what was asked, for example {@code queue send}
 * @param target of whom, for example {@code acme/worker/jobs}
 * @param attempts how many times it was tried, at least 1
 * @param retryable whether the same call can succeed later without harm
 * @param retryAfter how long the far side asked to wait; null when it did not say
 * @param retryAt the instant that wait ends, by the caller's clock; null when {@code retryAfter} is
 */
public record FailedCall(
    String operation,
    String target,
    int attempts,
    boolean retryable,
    @Nullable Duration retryAfter,
    @Nullable Instant retryAt)
    implements Serializable {

  @Override
  public String toString() {
    return operation + " to " + target + (attempts > 1 ? " (" + attempts + " attempts)" : "");
  }
}

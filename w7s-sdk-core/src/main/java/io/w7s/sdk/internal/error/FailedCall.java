package io.w7s.sdk.internal.error;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a failed call that its exception reports, whatever the kind of failure. It is
 * internal so that facts can be added without a change to the constructors of the exceptions.
 *
 * @param operation the kind of call, for example {@code queue send}
 * @param target the called app and its part, for example {@code acme/worker/jobs}
 * @param attempts the number of attempts, at least 1
 * @param retryable whether the same call can succeed later without harm
 * @param retryAfter how long the response asked to wait; null when it did not say
 * @param retryAt the instant at which that wait ends, by the caller's clock; null when {@code
 *     retryAfter} is null
 */
public record FailedCall(
    String operation,
    String target,
    int attempts,
    boolean retryable,
    @Nullable Duration retryAfter,
    @Nullable Instant retryAt)
    implements Serializable {

  /** Returns the facts about a call with one attempt, to which no wait was asked for. */
  public static FailedCall of(String operation, String target, boolean retryable) {
    return new FailedCall(operation, target, 1, retryable, null, null);
  }

  @Override
  public String toString() {
    return operation + " to " + target + (attempts > 1 ? " (" + attempts + " attempts)" : "");
  }
}

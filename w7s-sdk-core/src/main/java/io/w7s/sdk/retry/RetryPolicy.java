package io.w7s.sdk.retry;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;

/**
 * How often, and how patiently, a call is tried. Which failures are worth another attempt is not a
 * setting: a certain refusal (400, 401, 403, 404, 413) never is; a limit (429) and an unreachable
 * far side always are, for nothing was done; anything after which the request may have had its
 * effect is only for calls that can be repeated without harm: RPC with GET, HEAD, PUT, DELETE or
 * OPTIONS, workflow starts and events with an id of the caller's, and calls whose options allow
 * duplicates. Immutable.
 *
 * @param maxAttempts the most attempts, the first included; at least 1
 * @param backoff how long to wait where the far side does not say
 * @param maxRetryAfter the longest wait that the far side may ask for; when it asks for more the
 *     exception is thrown at once, for the platform's daily limits ask for up to a day
 */
public record RetryPolicy(int maxAttempts, Backoff backoff, Duration maxRetryAfter) {

  private static final RetryPolicy STANDARD =
      new RetryPolicy(
          3,
          Backoff.exponential(Duration.ofMillis(200), Duration.ofSeconds(5)),
          Duration.ofSeconds(60));

  /** Checks the ranges. */
  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new InvalidInputException(
          "retry maxAttempts", String.valueOf(maxAttempts), "at least 1");
    }
    if (maxRetryAfter.isNegative()) {
      throw new InvalidInputException(
          "retry maxRetryAfter", maxRetryAfter.toString(), "zero or more");
    }
  }

  /**
   * Returns the default: 3 attempts, waits that double from 200 ms to 5 s with half of each left to
   * chance, at most 60 s on the far side's word.
   */
  public static RetryPolicy standard() {
    return STANDARD;
  }

  /** Returns the policy that never tries again. */
  public static RetryPolicy none() {
    return STANDARD.maxAttempts(1);
  }

  /** Returns this policy with another number of attempts. */
  public RetryPolicy maxAttempts(int maxAttempts) {
    return new RetryPolicy(maxAttempts, backoff, maxRetryAfter);
  }

  /** Returns this policy with other waits. */
  public RetryPolicy backoff(Backoff backoff) {
    return new RetryPolicy(maxAttempts, backoff, maxRetryAfter);
  }

  /** Returns this policy with another ceiling on what the far side may ask for. */
  public RetryPolicy maxRetryAfter(Duration maxRetryAfter) {
    return new RetryPolicy(maxAttempts, backoff, maxRetryAfter);
  }
}

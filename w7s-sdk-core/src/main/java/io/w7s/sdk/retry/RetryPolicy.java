package io.w7s.sdk.retry;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.util.Objects;

/**
 * How often a call is retried, and how long it waits before. Immutable.
 *
 * <p>Which failures are retried is not a setting:
 *
 * <ul>
 *   <li>A certain refusal (400, 401, 403, 404, 413) is never retried.
 *   <li>An exceeded limit (429), and a platform or target that cannot be reached, are always
 *       retried, because nothing has been done.
 *   <li>A failure after which the request may have had its effect is retried only for calls that
 *       can be repeated without harm: RPC with GET, HEAD, PUT, DELETE or OPTIONS, workflow starts
 *       and events with an id of the caller's, and calls whose options allow duplicates.
 * </ul>
 */
public final class RetryPolicy {

  private static final RetryPolicy STANDARD =
      new RetryPolicy(
          3,
          Backoff.exponential(Duration.ofMillis(200), Duration.ofSeconds(5)),
          Duration.ofSeconds(60));

  private final int maxAttempts;
  private final Backoff backoff;
  private final Duration maxRetryAfter;

  private RetryPolicy(int maxAttempts, Backoff backoff, Duration maxRetryAfter) {
    this.maxAttempts = maxAttempts;
    this.backoff = backoff;
    this.maxRetryAfter = maxRetryAfter;
  }

  /**
   * Returns the default: at most 3 attempts, waits that double from 200 ms to 5 s with half of each
   * left to chance, and at most 60 s when a response says how long to wait.
   */
  public static RetryPolicy standard() {
    return STANDARD;
  }

  /** Returns the policy that never retries. */
  public static RetryPolicy none() {
    return STANDARD.maxAttempts(1);
  }

  /** Returns the largest number of attempts, including the first. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** Returns how long to wait when no response says so. */
  public Backoff backoff() {
    return backoff;
  }

  /**
   * Returns the longest wait that a response may ask for. When it asks for more, the call fails at
   * once, because the platform's daily limits ask for up to a day.
   */
  public Duration maxRetryAfter() {
    return maxRetryAfter;
  }

  /**
   * Returns this policy with another number of attempts.
   *
   * @throws InvalidInputException when it is less than 1
   */
  public RetryPolicy maxAttempts(int maxAttempts) {
    if (maxAttempts < 1) {
      throw new InvalidInputException(
          "retry maxAttempts", String.valueOf(maxAttempts), "at least 1");
    }
    return new RetryPolicy(maxAttempts, backoff, maxRetryAfter);
  }

  /** Returns this policy with another backoff. */
  public RetryPolicy backoff(Backoff backoff) {
    return new RetryPolicy(maxAttempts, requireNonNull(backoff, "backoff"), maxRetryAfter);
  }

  /**
   * Returns this policy with another longest wait that a response may ask for.
   *
   * @throws InvalidInputException when it is negative
   */
  public RetryPolicy maxRetryAfter(Duration maxRetryAfter) {
    if (maxRetryAfter.isNegative()) {
      throw new InvalidInputException(
          "retry maxRetryAfter", maxRetryAfter.toString(), "zero or more");
    }
    return new RetryPolicy(maxAttempts, backoff, maxRetryAfter);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RetryPolicy policy
        && maxAttempts == policy.maxAttempts
        && backoff.equals(policy.backoff)
        && maxRetryAfter.equals(policy.maxRetryAfter);
  }

  @Override
  public int hashCode() {
    return Objects.hash(maxAttempts, backoff, maxRetryAfter);
  }

  /** Returns the settings of the policy. */
  @Override
  public String toString() {
    return "RetryPolicy[maxAttempts=%d, backoff=%s, maxRetryAfter=%s]"
        .formatted(maxAttempts, backoff, maxRetryAfter);
  }
}

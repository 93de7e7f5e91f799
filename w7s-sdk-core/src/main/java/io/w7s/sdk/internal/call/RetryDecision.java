package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What follows an outcome: the caller gets the result or an exception, or there is a retry. It is a
 * function of its arguments, so that blocking and async calls cannot differ.
 */
sealed interface RetryDecision<R> {

  /** The caller gets the result. */
  record Done<R>(R result) implements RetryDecision<R> {}

  /** The caller gets an exception. */
  record Fail<R>(CallException failure) implements RetryDecision<R> {}

  /** The call goes on with its next step, an attempt or the wait for its turn, after a delay. */
  record GoOn<R>(Duration delay) implements RetryDecision<R> {}

  /**
   * Decides whether to retry.
   *
   * @param attempt the number of the attempt that has the outcome, from 1
   * @param left how many nanoseconds are left for the whole call
   */
  static <R> RetryDecision<R> after(
      Operation<?> operation,
      Outcome<R> outcome,
      int attempt,
      long left,
      CallOptions options,
      TimeSource time) {
    if (attempt < options.retry().maxAttempts() && RetryRules.isRetryable(operation, outcome)) {
      Duration delay = delay(outcome, attempt, options, time);
      if (delay != null && Saturating.nanos(delay) < left) {
        return new GoOn<>(delay);
      }
    }
    return withoutRetry(operation, outcome, attempt, time);
  }

  /** Decides what the caller gets when there is no retry. */
  static <R> RetryDecision<R> withoutRetry(
      Operation<?> operation, Outcome<R> outcome, int attempt, TimeSource time) {
    return outcome instanceof Outcome.Success<R> success
        ? new Done<>(success.result())
        : new Fail<>(CallExceptions.of(operation, outcome, attempt, time.now()));
  }

  /**
   * Returns the delay; null when the response asks for more than the policy allows. When it asks
   * for none, for example by a date in the past, the policy's own delay applies.
   */
  private static @Nullable Duration delay(
      Outcome<?> outcome, int attempt, CallOptions options, TimeSource time) {
    Duration asked = RetryRules.retryAfter(outcome, time.now());
    if (asked == null || asked.isZero()) {
      return options.retry().backoff().after(attempt, time.random());
    }
    return asked.compareTo(options.retry().maxRetryAfter()) > 0 ? null : asked;
  }
}

package io.w7s.sdk.internal.call;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What follows an answer: the caller gets the result, or an exception, or there is another attempt.
 * The decision is a function of its arguments, so that the blocking and the async path cannot
 * differ.
 */
sealed interface RetryDecision<R> {

  /** The caller gets the result. */
  record Done<R>(R result) implements RetryDecision<R> {}

  /** The caller gets an exception. */
  record Fail<R>(CallException failure) implements RetryDecision<R> {}

  /** It goes on: with an attempt, or with the turn of another one, at once or after a wait. */
  record GoOn<R>(Duration delay) implements RetryDecision<R> {}

  /**
   * Decides.
   *
   * @param attempt the attempt that was answered, from 1
   * @param left how many nanoseconds are left for the whole call
   */
  static <R> RetryDecision<R> after(
      Operation<?> operation,
      Outcome<R> answer,
      int attempt,
      long left,
      CallOptions options,
      TimeSource time) {
    boolean worthwhile = Failures.isRetryable(operation, answer);
    if (worthwhile && attempt < options.retry().maxAttempts()) {
      Duration delay = delay(answer, attempt, options, time);
      if (delay != null && NANOSECONDS.convert(delay) < left) {
        return new GoOn<>(delay);
      }
    }
    return last(operation, answer, attempt, time);
  }

  /** Decides where there is no other attempt. */
  static <R> RetryDecision<R> last(
      Operation<?> operation, Outcome<R> answer, int attempt, TimeSource time) {
    return answer instanceof Outcome.Success<R> success
        ? new Done<>(success.result())
        : new Fail<>(Failures.exception(operation, answer, attempt, time.now()));
  }

  /** Returns the wait, or null when the far side asks for more than the policy's ceiling. */
  private static @Nullable Duration delay(
      Outcome<?> answer, int attempt, CallOptions options, TimeSource time) {
    Duration asked = Failures.retryAfter(answer, time.now());
    if (asked == null) {
      return options.retry().backoff().after(attempt, time.random());
    }
    return asked.compareTo(options.retry().maxRetryAfter()) > 0 ? null : asked;
  }
}

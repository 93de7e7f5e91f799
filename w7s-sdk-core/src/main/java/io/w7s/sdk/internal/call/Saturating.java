package io.w7s.sdk.internal.call;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * Arithmetic on times that callers and responses choose. What is too long counts as the longest
 * possible: 292 years in nanoseconds, or the last instant that there is.
 */
final class Saturating {

  private Saturating() {}

  /** Returns a duration in nanoseconds. */
  static long nanos(Duration duration) {
    return NANOSECONDS.convert(duration);
  }

  /** Returns the sum of two times in nanoseconds. */
  static long plus(long a, long b) {
    long sum = a + b;
    boolean overflow = ((a ^ sum) & (b ^ sum)) < 0;
    return overflow ? limit(a < 0) : sum;
  }

  /** Returns the difference of two times in nanoseconds. */
  static long minus(long a, long b) {
    long difference = a - b;
    boolean overflow = ((a ^ b) & (a ^ difference)) < 0;
    return overflow ? limit(a < 0) : difference;
  }

  private static long limit(boolean negative) {
    return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** Returns the instant that comes a delay after another. */
  static Instant plus(Instant instant, Duration delay) {
    try {
      return instant.plus(delay);
    } catch (DateTimeException | ArithmeticException tooFar) {
      return delay.isNegative() ? Instant.MIN : Instant.MAX;
    }
  }
}

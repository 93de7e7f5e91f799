package io.w7s.sdk.retry;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a retry: exponentially longer up to a maximum, with a part left to chance
 * so that many clients do not retry at the same moment. Immutable.
 *
 * @param first the wait before the first retry; positive
 * @param factor how much longer each further wait is; at least 1
 * @param longest the longest wait; at least {@code first}
 * @param jitter the part of a wait that is left to chance, from 0 (none) to 1 (all): a wait of 8 s
 *     with jitter 0.5 takes between 4 s and 8 s
 */
public record Backoff(Duration first, double factor, Duration longest, double jitter) {

  /** Checks the ranges. */
  public Backoff {
    if (first.isNegative() || first.isZero()) {
      throw new InvalidInputException("backoff first", first.toString(), "positive");
    }
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw new InvalidInputException("backoff factor", String.valueOf(factor), "at least 1");
    }
    if (longest.compareTo(first) < 0) {
      throw new InvalidInputException(
          "backoff longest", longest.toString(), "at least the first wait, " + first);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new InvalidInputException("backoff jitter", String.valueOf(jitter), "0 to 1");
    }
  }

  /**
   * Returns waits that double from {@code first} to {@code longest}, half of each left to chance.
   */
  public static Backoff exponential(Duration first, Duration longest) {
    return new Backoff(first, 2, longest, 0.5);
  }

  /**
   * Returns the wait after a failed attempt, at most 292 years.
   *
   * @param attempt the number of the attempt, from 1
   * @param random decides the part that is left to chance
   */
  public Duration after(int attempt, RandomGenerator random) {
    double full = Math.min(seconds(first) * Math.pow(factor, attempt - 1), seconds(longest));
    double wait = full * (1 - jitter * random.nextDouble());
    return Duration.ofNanos(Math.round(wait * 1e9));
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}

package io.w7s.sdk.internal.step;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as logs keep them: in whole milliseconds, in years of four digits. */
final class LogTime {

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private LogTime() {}

  /** Returns a later time, or the latest one. */
  static Instant plus(Instant now, Duration duration) {
    try {
      return of(now.plus(duration));
    } catch (DateTimeException | ArithmeticException tooFar) {
      return duration.isNegative() ? now : LATEST;
    }
  }

  /** Returns the first time of a log that is not before another. */
  static Instant of(Instant moment) {
    if (!moment.isBefore(LATEST)) {
      return LATEST;
    }
    Instant whole = moment.truncatedTo(ChronoUnit.MILLIS);
    return whole.isBefore(moment) ? whole.plusMillis(1) : whole;
  }
}

package io.w7s.sdk.okhttp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * The end of an attempt's time. OkHttp's own call timeout would begin only when an async call gets
 * its thread.
 */
final class Deadline extends AsyncTimeout {

  /** About 146 years: Okio adds it to a time in nanoseconds. */
  private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

  private final Attempt<?> attempt;
  private volatile boolean over;

  /** Ends an attempt when its time is over, on a thread that must not block. */
  Deadline(Duration timeout, Attempt<?> attempt) {
    this.attempt = attempt;
    timeout(Math.min(TimeUnit.NANOSECONDS.convert(timeout), LONGEST_NANOS), TimeUnit.NANOSECONDS);
  }

  @Override
  protected void timedOut() {
    over = true;
    attempt.end();
  }

  boolean isOver() {
    return over;
  }
}

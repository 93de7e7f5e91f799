package io.w7s.sdk.okhttp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * The end of an attempt's time. OkHttp's own limit for a call would begin only when an async call
 * has had its turn.
 */
final class Deadline extends AsyncTimeout {

  private final Attempt<?> attempt;
  private volatile boolean over;

  /** Ends an attempt when its time is over, on a thread that must not block. */
  Deadline(Duration timeout, Attempt<?> attempt) {
    this.attempt = attempt;
    timeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
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

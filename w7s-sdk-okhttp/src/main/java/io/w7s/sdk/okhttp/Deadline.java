package io.w7s.sdk.okhttp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * The end of an attempt's time. OkHttp's own limit for a call would begin only when an async call
 * has had its turn.
 */
final class Deadline extends AsyncTimeout {

  private final Runnable then;
  private volatile boolean over;

  /** Ends the time of an attempt by what comes then, on a thread that must not block. */
  Deadline(Duration timeout, Runnable then) {
    this.then = then;
    timeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
  }

  @Override
  protected void timedOut() {
    over = true;
    then.run();
  }

  boolean isOver() {
    return over;
  }
}

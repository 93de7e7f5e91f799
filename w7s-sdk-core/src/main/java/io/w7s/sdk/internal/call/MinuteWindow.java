package io.w7s.sdk.internal.call;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The turns of the last minute. The platform counts by the minute of its own clock, so no minute at
 * all may have more turns than the limit: each is free again a minute after it was taken. Times are
 * nanoseconds of {@link io.w7s.sdk.spi.TimeSource#elapsed}. Guarded by whoever uses it.
 */
final class MinuteWindow {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final long[] freeAt;
  private int oldest;
  private long closedUntil = Long.MIN_VALUE;

  MinuteWindow(int limit) {
    freeAt = new long[limit];
    Arrays.fill(freeAt, Long.MIN_VALUE);
  }

  /** Returns when the next turn is, now or later. */
  long next(long now) {
    return Math.max(now, Math.max(closedUntil, freeAt[oldest]));
  }

  /** Takes a turn. Turns are taken in the order of their times. */
  void take(long at) {
    freeAt[oldest] = at + MINUTE;
    oldest = (oldest + 1) % freeAt.length;
  }

  /** Gives no turn before a time. */
  void close(long until) {
    closedUntil = Math.max(closedUntil, until);
  }
}

package io.w7s.sdk.internal.call;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The calls of the last minute under one limit. The platform counts by the minute of its own clock,
 * so no minute at all may have more calls than the limit: each place is free again a minute after
 * it was taken. Times are nanoseconds of {@link io.w7s.sdk.spi.TimeSource#elapsed}. Its user does
 * the locking.
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

  /** Returns when the next place is free: now or later. */
  long next(long now) {
    return Math.max(now, Math.max(closedUntil, freeAt[oldest]));
  }

  /** Takes a place. Places are taken in the order of their times. */
  void take(long at) {
    freeAt[oldest] = Saturating.plus(at, MINUTE);
    oldest = (oldest + 1) % freeAt.length;
  }

  /** Lets no place be free before a time. */
  void close(long until) {
    closedUntil = Math.max(closedUntil, until);
  }
}

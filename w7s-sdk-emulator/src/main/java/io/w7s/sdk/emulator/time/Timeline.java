package io.w7s.sdk.emulator.time;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;

/**
 * A time source with an agenda: what the engines ask for the time and leave their work with. {@link
 * VirtualTime} is one whose clock moves only when told.
 */
public interface Timeline extends TimeSource {

  /** Returns what is due, in nanoseconds of {@link #nanos()}. */
  Agenda agenda();

  /** Returns whether items run on other threads than those that call the platform. */
  boolean handsOver();

  /**
   * Returns whether {@link #now()} can move apart from {@link #nanos()}, as it does when the
   * machine sleeps or its clock is set. Then whoever waits for an instant looks at the clock again
   * each minute.
   */
  default boolean clockMayJump() {
    return true;
  }

  /** Returns {@link #elapsed()} in nanoseconds: the clock of the agenda, with nothing allocated. */
  long nanos();

  /**
   * Returns the agenda's nanosecond a delay from now; {@link Long#MAX_VALUE}, which never comes,
   * for one of centuries.
   *
   * @param delay zero or longer
   */
  default long nanosAfter(Duration delay) {
    return later(nanos(), delay);
  }

  /** Returns a nanosecond plus a delay that is not negative, without overflow. */
  static long later(long nanos, Duration delay) {
    // what does not fit into a long of nanoseconds is 292 years away
    if (delay.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L) {
      return Long.MAX_VALUE;
    }
    long sum = nanos + delay.toNanos();
    return sum < nanos ? Long.MAX_VALUE : sum;
  }
}

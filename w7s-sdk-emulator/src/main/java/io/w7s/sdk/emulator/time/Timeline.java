package io.w7s.sdk.emulator.time;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;

/**
 * A time source with an agenda, on which the engines schedule their work. The clock of {@link
 * VirtualTime} moves only on request; that of {@link RealTime} is the machine's.
 */
public interface Timeline extends TimeSource {

  /** Returns the agenda, whose times are nanoseconds of {@link #nanos()}. */
  Agenda agenda();

  /** Returns whether items run on other threads than those that call the platform. */
  boolean handsOver();

  /**
   * Returns whether {@link #now()} can move apart from {@link #nanos()}, as it does when the
   * machine sleeps or its clock is set. A thread that waits for an instant then checks the clock
   * each minute.
   */
  default boolean clockMayJump() {
    return true;
  }

  /** Returns {@link #elapsed()} in nanoseconds: the clock of the agenda, with nothing allocated. */
  long nanos();

  /**
   * Returns the nanosecond of the agenda that is a delay from now; {@link Long#MAX_VALUE}, which is
   * never reached, for a delay of centuries.
   *
   * @param delay zero or longer
   */
  default long nanosAfter(Duration delay) {
    return later(nanos(), delay);
  }

  /** Returns a nanosecond plus a delay that is not negative, without overflow. */
  static long later(long nanos, Duration delay) {
    // only delays of more than 292 years do not fit into a long of nanoseconds
    if (delay.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L) {
      return Long.MAX_VALUE;
    }
    long sum = nanos + delay.toNanos();
    return sum < nanos ? Long.MAX_VALUE : sum;
  }
}

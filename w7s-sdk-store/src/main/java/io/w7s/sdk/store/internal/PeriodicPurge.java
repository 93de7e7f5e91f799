package io.w7s.sdk.store.internal;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes a part of what is old about once a minute, as long as a store is used. Thread-safe. */
public final class PeriodicPurge {

  private static final Logger log = LoggerFactory.getLogger(PeriodicPurge.class);

  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final TimeSource time;
  private final String what;
  private final BooleanSupplier part;
  private final AtomicReference<Duration> last;

  /**
   * Creates one.
   *
   * @param time the clock; null for the machine's
   * @param what what is deleted, for the log
   * @param part deletes a part, small enough to wait for; returns whether there is more
   */
  public PeriodicPurge(@Nullable TimeSource time, String what, BooleanSupplier part) {
    this.time = time == null ? TimeSource.system() : time;
    this.what = what;
    this.part = part;
    this.last = new AtomicReference<>(this.time.elapsed());
  }

  /** Called when the store is used. Throws nothing: that is no reason not to use it. */
  public void nowAndThen() {
    Duration now = time.elapsed();
    Duration before = last.get();
    if (now.minus(before).compareTo(PERIOD) < 0 || !last.compareAndSet(before, now)) {
      return;
    }
    try {
      if (part.getAsBoolean()) {
        last.set(before); // the next use deletes it
      }
    } catch (RuntimeException e) {
      log.warn("old {} cannot be purged", what, e);
    }
  }
}

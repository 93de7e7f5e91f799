package io.w7s.sdk.store.blob;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sweeps a part of a store about once a minute, as long as blobs are stored. */
final class PeriodicSweep {

  private static final Logger log = LoggerFactory.getLogger(PeriodicSweep.class);

  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final TimeSource time;
  private final Runnable part;
  private final AtomicReference<Duration> last;

  /**
   * Creates one.
   *
   * @param part sweeps some blobs, few enough for a sender to wait for
   */
  PeriodicSweep(TimeSource time, Runnable part) {
    this.time = time;
    this.part = part;
    this.last = new AtomicReference<>(time.elapsed());
  }

  /** Called after a blob was stored. Throws nothing: that is no reason not to send. */
  void stored() {
    Duration now = time.elapsed();
    Duration before = last.get();
    if (now.minus(before).compareTo(PERIOD) < 0 || !last.compareAndSet(before, now)) {
      return;
    }
    try {
      part.run();
    } catch (RuntimeException e) {
      log.warn("old blobs cannot be deleted", e);
    }
  }
}

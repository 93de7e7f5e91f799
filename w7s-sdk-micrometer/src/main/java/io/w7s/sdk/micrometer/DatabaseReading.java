package io.w7s.sdk.micrometer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.micrometer.core.instrument.Clock;
import io.w7s.sdk.internal.text.ThrowableText;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gauges of one source show of a database. A thread of its own reads it when a gauge is
 * asked for its value and the last reading is older than 5 seconds. One thread reads at a time. A
 * caller waits for it for at most 200 ms; once a reading has taken longer, nobody waits for it.
 *
 * @param <T> what is read
 */
final class DatabaseReading<T> {

  private static final Logger log = LoggerFactory.getLogger(DatabaseReading.class);

  static final Duration FRESH = Duration.ofSeconds(5);

  /** For how long the last reading is shown while the next one takes its time. */
  static final Duration KEPT = Duration.ofMinutes(1);

  private static final Duration WAIT = Duration.ofMillis(200);

  private final String what;
  private final Supplier<T> source;
  private final Clock clock;

  private @Nullable T last;
  private long lastAt;
  private boolean wasRead;
  private boolean failing;
  private @Nullable CompletableFuture<Void> reading;

  /** Whether somebody has waited for this reading in vain. */
  private boolean slow;

  /**
   * Begins without a reading.
   *
   * @param what what is read, for the log
   */
  DatabaseReading(String what, Supplier<T> source, Clock clock) {
    this.what = what;
    this.source = source;
    this.clock = clock;
  }

  /** Returns a part of what was read; NaN when the database cannot be read. */
  double value(ToDoubleFunction<? super T> part) {
    T value = current();
    return value == null ? Double.NaN : part.applyAsDouble(value);
  }

  private @Nullable T current() {
    CompletableFuture<Void> awaited;
    synchronized (this) {
      if (isYoungerThan(FRESH)) {
        return last;
      }
      if (reading == null) {
        var next = new CompletableFuture<Void>();
        start(next);
        reading = next; // not before: a reading whose thread cannot start never ends
        slow = false;
      }
      awaited = slow ? null : reading;
    }
    if (awaited != null) {
      await(awaited);
    }
    synchronized (this) {
      return isYoungerThan(KEPT) ? last : null;
    }
  }

  /** Whether it is being read now. */
  synchronized boolean isReading() {
    return reading != null;
  }

  private boolean isYoungerThan(Duration age) {
    return wasRead && clock.monotonicTime() - lastAt < age.toNanos();
  }

  private void start(CompletableFuture<Void> ended) {
    var thread = new Thread(() -> read(ended), "w7s-meters");
    thread.setDaemon(true);
    thread.start();
  }

  private void await(CompletableFuture<Void> ended) {
    try {
      ended.get(WAIT.toMillis(), MILLISECONDS);
    } catch (TimeoutException late) {
      synchronized (this) {
        slow |= reading == ended;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void read(CompletableFuture<Void> ended) {
    T value = null;
    Throwable thrown = null;
    try {
      value = source.get();
    } catch (Throwable failure) {
      thrown = failure;
    }
    synchronized (this) {
      if (thrown != null && !failing) {
        log.warn(
            "{} cannot be read, so its meters have no value: {}", what, ThrowableText.of(thrown));
      }
      failing = thrown != null;
      last = value;
      lastAt = clock.monotonicTime();
      wasRead = true;
      reading = null;
    }
    ended.complete(null);
  }
}

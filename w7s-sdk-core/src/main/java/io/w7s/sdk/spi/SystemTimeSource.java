package io.w7s.sdk.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The one class of the SDK that asks the machine for time and randomness. */
final class SystemTimeSource implements TimeSource {

  static final SystemTimeSource INSTANCE = new SystemTimeSource();

  /**
   * Not the JDK's own timer thread: that one never ends, and keeps the class loader of whoever used
   * it first from being collected. This one ends a second after the last delay.
   */
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private SystemTimeSource() {}

  private static ScheduledThreadPoolExecutor timer() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var thread = new Thread(task, "w7s-timer");
              thread.setDaemon(true);
              thread.setContextClassLoader(SystemTimeSource.class.getClassLoader());
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime());
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos(delay));
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    var over = new CompletableFuture<Void>();
    ScheduledFuture<?> task =
        TIMER.schedule(() -> over.complete(null), nanos(delay), TimeUnit.NANOSECONDS);
    over.whenComplete((nothing, cancelled) -> task.cancel(false));
    return over;
  }

  /** Returns the nanoseconds of a delay, or of 292 years if it is longer. */
  private static long nanos(Duration delay) {
    return TimeUnit.NANOSECONDS.convert(delay);
  }

  @Override
  public RandomGenerator random() {
    return ThreadLocalRandom.current();
  }
}

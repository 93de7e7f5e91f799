package io.w7s.sdk.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** The one class of the SDK that asks the machine for time and randomness. */
final class SystemTimeSource implements TimeSource {

  static final SystemTimeSource INSTANCE = new SystemTimeSource();

  /**
   * Not the JDK's own timer thread: that one never ends, and keeps the class loader of whoever used
   * it first from being collected. This one ends a second after the last delay. It only hands over
   * to the {@link #EXECUTOR}, so that nothing can block it.
   */
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private static final AtomicInteger THREADS = new AtomicInteger();

  /** As many threads as there are tasks that block; each ends after a second without work. */
  private static final Executor EXECUTOR =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> daemon(task, "w7s-async-" + THREADS.incrementAndGet()));

  private SystemTimeSource() {}

  private static ScheduledThreadPoolExecutor timer() {
    var timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "w7s-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /** Returns a thread that inherits neither class loader nor thread locals from its first user. */
  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(SystemTimeSource.class.getClassLoader());
    return thread;
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
        TIMER.schedule(() -> handOver(over), nanos(delay), TimeUnit.NANOSECONDS);
    over.whenComplete((nothing, cancelled) -> task.cancel(false));
    return over;
  }

  private static void handOver(CompletableFuture<Void> over) {
    try {
      EXECUTOR.execute(() -> over.complete(null));
    } catch (Throwable noThread) { // whoever waits has to know
      over.completeExceptionally(noThread);
    }
  }

  /** Returns the nanoseconds of a delay, or of 292 years if it is longer. */
  private static long nanos(Duration delay) {
    return TimeUnit.NANOSECONDS.convert(delay);
  }

  @Override
  public Executor executor() {
    return EXECUTOR;
  }

  @Override
  public RandomGenerator random() {
    return ThreadLocalRandom.current();
  }
}

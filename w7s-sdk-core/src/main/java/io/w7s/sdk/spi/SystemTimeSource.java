package io.w7s.sdk.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The one class of the SDK that asks the machine for time and randomness. */
final class SystemTimeSource implements TimeSource {

  static final SystemTimeSource INSTANCE = new SystemTimeSource();

  private SystemTimeSource() {}

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
    TimeUnit.NANOSECONDS.sleep(delay.toNanos());
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    // the JDK's shared timer thread: nothing to start, nothing to close
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public RandomGenerator random() {
    return ThreadLocalRandom.current();
  }
}

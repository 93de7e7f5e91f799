package io.w7s.sdk.signature;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A clock that a test sets. */
final class FixedTime implements TimeSource {

  private volatile Instant now;

  FixedTime(Instant now) {
    this.now = now;
  }

  void set(Instant now) {
    this.now = now;
  }

  void advance(Duration step) {
    now = now.plus(step);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Duration elapsed() {
    return Duration.between(Instant.EPOCH, now);
  }

  @Override
  public void sleep(Duration delay) {
    throw new UnsupportedOperationException("nothing sleeps here");
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    throw new UnsupportedOperationException("nothing waits here");
  }

  @Override
  public RandomGenerator random() {
    return TimeSource.system().random();
  }
}

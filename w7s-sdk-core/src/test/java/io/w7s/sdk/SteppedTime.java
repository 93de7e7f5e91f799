package io.w7s.sdk;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Time that stands still but for the waits, which pass at once and are written down. */
public final class SteppedTime implements TimeSource {

  public static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  public final List<Duration> waits = new ArrayList<>();
  private final Random random = new Random(42);
  private Duration elapsed = Duration.ZERO;

  @Override
  public Instant now() {
    return START.plus(elapsed);
  }

  @Override
  public Duration elapsed() {
    return elapsed;
  }

  public void advance(Duration step) {
    elapsed = elapsed.plus(step);
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    waits.add(delay);
    advance(delay);
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    waits.add(delay);
    advance(delay);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }
}

package io.w7s.sdk.events;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A clock that only a test and waits move. A wait is recorded and ends at once. */
final class ManualTime implements TimeSource {

  static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  final List<Duration> waits = new ArrayList<>();
  private final Random random = new Random(42);
  private Duration elapsed = Duration.ZERO;

  void advance(Duration step) {
    elapsed = elapsed.plus(step);
  }

  @Override
  public Instant now() {
    return START.plus(elapsed);
  }

  @Override
  public Duration elapsed() {
    return elapsed;
  }

  @Override
  public void sleep(Duration delay) {
    waits.add(delay);
    advance(delay);
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    sleep(delay);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }
}

package io.w7s.sdk.emulator;

import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Another time, of which a test changes a part; its wall clock may jump. */
class ForwardingTime implements Timeline {

  private final Timeline time;

  ForwardingTime(Timeline time) {
    this.time = time;
  }

  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public Agenda agenda() {
    return time.agenda();
  }

  @Override
  public boolean handsOver() {
    return time.handsOver();
  }

  @Override
  public long nanos() {
    return time.nanos();
  }

  @Override
  public Duration elapsed() {
    return time.elapsed();
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    time.sleep(delay);
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    return time.after(delay);
  }

  @Override
  public RandomGenerator random() {
    return time.random();
  }
}

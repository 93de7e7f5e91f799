package io.w7s.sdk.spring.internal.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is shown of something that is slow or hangs, and how often it is checked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProbeTest {

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger checks = new AtomicInteger();
  private volatile CountDownLatch response = new CountDownLatch(0);
  private final Probe probe = new Probe("bridge", this::check, nanos::get);

  private Map<String, Object> check() throws InterruptedException {
    int number = checks.incrementAndGet();
    response.await();
    return Map.of("check", number);
  }

  private Probe.Result look() {
    return Probe.runAll(List.of(probe)).get(0);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Looks until the check under way has ended, on a machine of any speed. */
  private Probe.Result settled() {
    Probe.Result result;
    do {
      result = look();
    } while (result.error() != null);
    return result;
  }

  @Test
  void aResponseThatComesLateIsShownByTheNextLook() {
    response = new CountDownLatch(1);
    assertThat(look().shown()).containsOnlyKeys("error");
    response.countDown();

    assertThat(settled().shown()).isEqualTo(Map.of("check", 1));
    assertThat(checks).hasValue(1);
  }

  @Test
  void whatIsSlowButLivesIsShownWithItsAge() {
    settled();
    response = new CountDownLatch(1);
    pass(Duration.ofSeconds(30));

    assertThat(look().shown()).isEqualTo(Map.of("check", 1, "ageSeconds", 30L));
    assertThat(look().error()).isNull();
    response.countDown();
  }

  @Test
  void whatHangsIsAnErrorAlthoughItRespondedOnce() {
    settled();
    response = new CountDownLatch(1);
    pass(Probe.FRESH);
    assertThat(look().error()).isNull();
    pass(Probe.HANGS);

    assertThat(look().shown()).isEqualTo(Map.of("error", "no response for 5 s"));
    response.countDown();
  }

  @Test
  void whatTookTooLongIsNotShownWhileTheNextCheckIsSlow() {
    response = new CountDownLatch(1);
    look();
    pass(Probe.HANGS);
    response.countDown();
    settled();
    response = new CountDownLatch(1);
    pass(Probe.FRESH);

    assertThat(look().shown()).isEqualTo(Map.of("error", "no response within 800 ms"));
    response.countDown();
  }

  @Test
  void whatIsOldIsNotShownWhileTheNextCheckIsSlow() {
    settled();
    response = new CountDownLatch(1);
    pass(Probe.KEPT);

    assertThat(look().shown()).isEqualTo(Map.of("error", "no response within 800 ms"));
    response.countDown();
  }

  @Test
  void whatWasFoundIsShownBesideWhatWasWrong() {
    Map<String, Object> found =
        Map.of("orders", Map.of("unsent", 0), "bills", Map.of("error", "x"));
    var partly =
        new Probe(
            "store",
            () -> {
              throw new Probe.PartlyFailed(found, "bills: x");
            });

    Probe.Result result = Probe.runAll(List.of(partly)).get(0);

    assertThat(result.shown()).isEqualTo(found);
    assertThat(result.error()).isEqualTo("bills: x");
  }

  @Test
  void itIsCheckedOnceASecondAtMost() {
    settled();
    pass(Probe.FRESH.minusNanos(1));
    look();
    assertThat(checks).hasValue(1);

    pass(Duration.ofNanos(1));
    look();
    assertThat(checks).hasValue(2);
  }
}

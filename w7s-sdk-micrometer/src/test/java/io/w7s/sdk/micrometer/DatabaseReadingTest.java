package io.w7s.sdk.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MockClock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** How often a database is read, and what is shown when it is slow or down. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DatabaseReadingTest {

  private final MockClock clock = new MockClock();
  private final AtomicInteger reads = new AtomicInteger();
  private Supplier<Integer> source = reads::incrementAndGet;
  private final DatabaseReading<Integer> reading =
      new DatabaseReading<>("a test", () -> source.get(), clock);

  /** Returns what is shown once nothing is being read: a busy machine may need more than 200 ms. */
  private double settled() {
    reading.value(Integer::doubleValue);
    while (reading.isReading()) {
      Thread.onSpinWait();
    }
    return reading.value(Integer::doubleValue);
  }

  @Test
  void severalGaugesShareAReading() {
    assertThat(settled()).isEqualTo(1);
    assertThat(reading.value(value -> value * 10)).isEqualTo(10);
    assertThat(reads).hasValue(1);
  }

  @Test
  void itIsReadAgainWhenTheLastReadingIsOld() {
    settled();
    clock.add(DatabaseReading.FRESH.minusMillis(1));
    assertThat(settled()).isEqualTo(1);
    clock.add(DatabaseReading.FRESH);
    settled();
    assertThat(reads).hasValue(2);
    assertThat(settled()).isEqualTo(2);
  }

  @Test
  void aDatabaseThatIsDownHasNoValue() {
    settled();
    source =
        () -> {
          throw new IllegalStateException("connection refused");
        };
    clock.add(DatabaseReading.FRESH);

    assertThat(settled()).isNaN();
    source = reads::incrementAndGet;
    clock.add(DatabaseReading.FRESH);
    assertThat(settled()).isEqualTo(2);
  }

  @Test
  void whatTheDatabaseSaysIsOneShortLineOfTheLog() {
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    var logger = (Logger) LoggerFactory.getLogger(DatabaseReading.class);
    logger.addAppender(logged);
    source =
        () -> {
          throw new IllegalStateException("down\n" + "x".repeat(10_000));
        };
    try {
      settled();
    } finally {
      logger.detachAppender(logged);
    }

    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith("a test cannot be read, so its meters have no value: ")
        .contains("IllegalStateException: down\\nx")
        .hasSizeLessThan(1_000);
  }

  @Test
  void aDatabaseThatHangsDelaysNobody() throws InterruptedException {
    settled();
    var answer = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    source =
        () -> {
          entered.countDown();
          try {
            answer.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return reads.incrementAndGet();
        };
    clock.add(DatabaseReading.FRESH);

    assertThat(reading.value(Integer::doubleValue)).as("the last one, for a minute").isEqualTo(1);
    entered.await();
    clock.add(DatabaseReading.KEPT);
    assertThat(reading.value(Integer::doubleValue)).isNaN();
    assertThat(reading.value(Integer::doubleValue)).isNaN();
    answer.countDown();
    assertThat(settled()).as("one reading at a time").isEqualTo(2);
  }
}

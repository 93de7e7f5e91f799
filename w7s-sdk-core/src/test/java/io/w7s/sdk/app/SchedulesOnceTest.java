package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.internal.wire.ScheduleDelivery;
import io.w7s.sdk.queue.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each minute of a schedule runs once at most, in whichever process. */
class SchedulesOnceTest extends AppRequests {

  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");

  private final ProcessedMessages store = ProcessedMessages.inMemory();
  private final List<Instant> ran = new ArrayList<>();
  private final W7sApp one = process(store);
  private final W7sApp other = process(store);

  private W7sApp process(ProcessedMessages runs) {
    return W7sApp.builder(WORKER_APP)
        .schedulesOnce(runs)
        .on(
            SYNC,
            run -> {
              ran.add(run.scheduledTime());
              if (run.scheduledTime().equals(NOON.plusSeconds(3_600))) {
                throw new IllegalStateException("not today");
              }
            })
        .build();
  }

  private static int deliver(W7sApp app, int minute) {
    var delivery =
        new ScheduleDelivery(
            SYNC.cron().toString(),
            NOON.plus(Duration.ofMinutes(minute)),
            "acme/worker",
            "production");
    Headers headers = Headers.of("x-w7s-schedule", "1").with("content-type", "application/json");
    return app.handle(new AppRequest("POST", SYNC.path(), "", headers, delivery.toJson())).status();
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(line -> line.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void aMinuteThatComesToTwoProcessesRunsInOne() {
    assertThat(deliver(one, 0)).isEqualTo(200);
    assertThat(deliver(other, 0)).isEqualTo(200);
    assertThat(deliver(one, 0)).isEqualTo(200);
    assertThat(deliver(other, 5)).isEqualTo(200);

    assertThat(ran).containsExactly(NOON, NOON.plus(Duration.ofMinutes(5)));
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aRunThatFailedDoesNotRunAgain() {
    assertThat(deliver(one, 60)).isEqualTo(500);
    assertThat(deliver(other, 60)).isEqualTo(200);

    assertThat(ran).hasSize(1);
  }

  @Test
  void minutesThatCameToNoProcessAreNamed() {
    deliver(one, 0);
    deliver(other, 5);
    deliver(one, 20);

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("*/5 * * * *", "[2026-05-25T12:10:00Z, 2026-05-25T12:15:00Z]");
  }

  @Test
  void afterALongTimeTheLastTenAreNamed() {
    deliver(one, 0);
    deliver(one, 600);

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("[2026-05-25T21:10:00Z", "2026-05-25T21:55:00Z]");
  }

  @Test
  void aMinuteThatComesLateIsNotMissed() {
    deliver(one, 10);
    deliver(one, 5);

    assertThat(ran).hasSize(2);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void nothingRunsWhileTheStoreCannotBeReached() {
    W7sApp app = process(new Unreachable());

    assertThat(deliver(app, 0)).isEqualTo(500);

    assertThat(ran).isEmpty();
  }

  @Test
  void withoutItEachDeliveryRuns() {
    W7sApp plain = W7sApp.builder(WORKER_APP).on(SYNC, run -> ran.add(run.scheduledTime())).build();

    deliver(plain, 0);
    deliver(plain, 0);

    assertThat(ran).hasSize(2);
  }

  private static final class Unreachable implements ProcessedMessages {

    private static IllegalStateException down() {
      return new IllegalStateException("the database is down");
    }

    @Override
    public Duration window() {
      return DEFAULT_WINDOW;
    }

    @Override
    public Set<String> done(String queue, Collection<String> keys) {
      throw down();
    }

    @Override
    public ClaimResult claim(String queue, String key, Duration lease, boolean takeOver) {
      throw down();
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
      throw down();
    }

    @Override
    public boolean complete(Claim claim) {
      throw down();
    }

    @Override
    public void complete(String queue, String key) {
      throw down();
    }

    @Override
    public void release(Claim claim) {
      throw down();
    }
  }
}

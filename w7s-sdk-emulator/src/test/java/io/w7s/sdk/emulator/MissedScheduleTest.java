package io.w7s.sdk.emulator;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.internal.schedule.Scheduler;
import io.w7s.sdk.emulator.time.RealTime;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.schedule.ScheduleRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules under a clock that jumps, and beside schedules that take long. */
class MissedScheduleTest {

  private final Logger logger =
      (Logger) org.slf4j.LoggerFactory.getLogger(Scheduler.class.getName());
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> ran = new ArrayList<>();
  private final JumpingTime clock = new JumpingTime();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private W7sApp noting(String cron) {
    return W7sApp.builder(AppRef.of("acme/cron"))
        .on(ScheduleRef.of(cron, "/sync"), run -> ran.add(run.scheduledTime().toString()))
        .build();
  }

  private Platform jumping(String cron) {
    Platform platform = Platform.builder(clock).build();
    platform.deploy(Deployment.of(noting(cron)));
    return platform;
  }

  @Test
  void aMinuteThatTheClockJumpedOverIsLoggedAndSkipped() {
    jumping("20 * * * *");
    clock.steady.advance(ofMinutes(19).plusSeconds(59));
    clock.jump(ofSeconds(61));
    clock.steady.advance(ofMinutes(10));
    assertThat(ran).isEmpty();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("schedule 20 * * * * /sync of acme/cron (production)")
        .contains("did not run for 2026-05-25T12:20:00Z");
    clock.steady.advance(ofHours(1));
    assertThat(ran).containsExactly("2026-05-25T13:20:00Z");
  }

  @Test
  void aScheduleRunsOnTimeAfterAJumpThatEndsBeforeItIsDue() {
    jumping("30 12 * * *");
    clock.steady.advance(ofMinutes(1));
    clock.jump(ofMinutes(20));
    clock.steady.advance(ofMinutes(10));
    assertThat(ran).containsExactly("2026-05-25T12:30:00Z");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void theMinuteThatAJumpEndsInIsRun() {
    jumping("* * * * *");
    clock.steady.advance(ofSeconds(59));
    clock.jump(ofMinutes(5));
    clock.steady.advance(ofSeconds(1));
    assertThat(ran).containsExactly("2026-05-25T12:06:00Z");
    assertThat(warnings()).singleElement().asString().contains("2026-05-25T12:01:00Z");
  }

  @Test
  void aMinuteThatComesTwiceRunsOnce() {
    jumping("*/10 * * * *");
    clock.steady.advance(ofMinutes(10));
    clock.jump(ofMinutes(-5));
    clock.steady.advance(ofMinutes(15));
    assertThat(ran).containsExactly("2026-05-25T12:10:00Z", "2026-05-25T12:20:00Z");
  }

  @Test
  void aClockSetBackADayDoesNotSilenceASchedule() {
    jumping("*/10 * * * *");
    clock.steady.advance(ofMinutes(10));
    clock.jump(Duration.ofDays(-1));
    clock.steady.advance(ofMinutes(10));
    assertThat(ran).containsExactly("2026-05-25T12:10:00Z", "2026-05-24T12:20:00Z");
  }

  @Test
  void aSlowScheduleDelaysNoOther() {
    var world = new World();
    var diary = world.new Diary();
    world.deploy(
        W7sApp.builder(AppRef.of("acme/slow"))
            .on(
                ScheduleRef.of("1 * * * *", "/slow"),
                run -> {
                  world.time.sleep(ofSeconds(75));
                  diary.write("slow is done");
                })
            .build(),
        W7sApp.builder(AppRef.of("acme/swift"))
            .on(ScheduleRef.of("* * * * *", "/swift"), run -> diary.write("swift"))
            .build());
    world.pass(ofMinutes(3));
    assertThat(diary.lines)
        .containsExactly("60s swift", "120s swift", "135s slow is done", "180s swift");
  }

  @Test
  void aScheduleThatStillRunsSkipsItsMinuteAndSaysSo() {
    var world = new World();
    var diary = world.new Diary();
    world.deploy(
        W7sApp.builder(AppRef.of("acme/slow"))
            .on(
                ScheduleRef.of("* * * * *", "/slow"),
                run -> {
                  diary.write("begins");
                  world.time.sleep(ofSeconds(75));
                })
            .build());
    world.pass(ofMinutes(4));
    assertThat(diary.lines).containsExactly("60s begins", "180s begins");
    assertThat(warnings())
        .hasSize(2)
        .first()
        .asString()
        .contains("did not run for 2026-05-25T12:02:00Z: its previous run has not ended");
  }

  @Test
  void schedulesRunSideBySideInRealTime() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    var both = new CountDownLatch(2);
    try (RealTime time = RealTime.start("w7s-test-schedules", pool)) {
      var minuteAhead = new SkewedTime(time);
      Platform platform = Platform.builder(minuteAhead).build();
      Manifest everyMinute =
          Manifest.empty()
              .withSchedule(new Manifest.Schedule(CronExpression.parse("* * * * *"), "/sync"));
      for (String app : List.of("acme/one", "acme/two")) {
        platform.deploy(Deployment.of(AppId.parse(app), everyMinute, request -> meet(both)));
      }
      assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      pool.shutdownNow();
    }
  }

  private static AppResponse meet(CountDownLatch both) {
    both.countDown();
    try {
      assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return new AppResponse(204, Headers.none(), new byte[0]);
  }

  /** Real time whose wall clock starts a moment before a full minute. */
  private static final class SkewedTime extends ForwardingTime {

    private final Duration skew;

    SkewedTime(RealTime time) {
      super(time);
      Instant now = time.now();
      skew = Duration.ofSeconds(59 - Math.floorMod(now.getEpochSecond(), 60L));
    }

    @Override
    public Instant now() {
      return super.now().plus(skew);
    }
  }
}

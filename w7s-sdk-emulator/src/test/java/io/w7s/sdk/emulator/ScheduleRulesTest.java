package io.w7s.sdk.emulator;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult.Status;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.schedule.ScheduleRef;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When the platform calls schedules. */
class ScheduleRulesTest {

  private static final ScheduleRef SYNC = ScheduleRef.of("*/20 * * * *", "/sync");

  private final World world = new World();
  private final World.Diary diary = world.new Diary();

  private W7sApp cron() {
    return W7sApp.builder(AppRef.of("acme/cron"))
        .on(SYNC, run -> diary.write("sync for " + run.scheduledTime()))
        .build();
  }

  @Test
  void aScheduleRunsInEachMinuteThatIsDue() {
    world.deploy(cron()).pass(ofHours(1));
    assertThat(diary.lines)
        .containsExactly(
            "1200s sync for 2026-05-25T12:20:00Z",
            "2400s sync for 2026-05-25T12:40:00Z",
            "3600s sync for 2026-05-25T13:00:00Z");
  }

  @Test
  void aFailedScheduleIsNotTriedAgain() {
    world.deploy(
        W7sApp.builder(AppRef.of("acme/cron"))
            .on(
                SYNC,
                run -> {
                  diary.write("sync");
                  throw new IllegalStateException("no");
                })
            .build());
    world.pass(ofMinutes(39));
    assertThat(diary.lines).containsExactly("1200s sync");
  }

  @Test
  void aScheduleRunsOnceInAMinute() {
    world.deploy(cron()).pass(ofMinutes(20));
    assertThat(world.platform.fireDue(world.time.now())).isEmpty();
    world.pass(ofSeconds(59));
    assertThat(diary.lines).hasSize(1);
  }

  @Test
  void aScheduleOverItsQuotaIsDropped() {
    var limited =
        new World(
            builder ->
                builder.limits(
                    Limits.none().withDaily(Metric.SCHEDULE_DELIVERY, Metric.Scope.REPO, 1)));
    var lines = limited.new Diary();
    limited.deploy(
        W7sApp.builder(AppRef.of("acme/cron")).on(SYNC, run -> lines.write("sync")).build());
    limited.pass(ofHours(1));
    assertThat(lines.lines).containsExactly("1200s sync");
  }

  @Test
  void schedulesAreNoWorkThatIdlenessWaitsFor() {
    world.deploy(cron());
    assertThat(world.time.runUntilIdle(10)).isZero();
    assertThat(world.time.now()).isEqualTo(World.START);
  }

  @Test
  void aScheduleEndsWithItsDeclaration() {
    world.deploy(cron()).pass(ofMinutes(20));
    world.deploy(W7sApp.builder(AppRef.of("acme/cron")).build()).pass(ofHours(1));
    assertThat(diary.lines).hasSize(1);
    assertThat(world.time.nextDue()).isEmpty();
  }

  @Test
  void aScheduleCanBeFiredByHand() {
    world.deploy(cron());
    var schedule = new Manifest.Schedule(SYNC.cron(), SYNC.path());
    AppId app = AppId.parse("acme/cron");
    assertThat(world.platform.fire(AppInstance.of(app), schedule).status()).isEqualTo(Status.DONE);
    assertThat(diary.lines).containsExactly("0s sync for 2026-05-25T12:00:00Z");
    var other = new Manifest.Schedule(CronExpression.parse("1 * * * *"), "/sync");
    assertThatThrownBy(() -> world.platform.fire(AppInstance.of(app), other))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/cron");
  }

  @Test
  void anAppWithoutABackendHasNoRuns() {
    world.platform.deploy(Deployment.withoutBackend(AppId.parse("acme/cron"), cron().manifest()));
    assertThat(world.platform.fireDue(World.START.plus(Duration.ofMinutes(20))))
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.delivery().status()).isEqualTo(Status.FAILED));
  }
}

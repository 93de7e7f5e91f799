package io.w7s.sdk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.schedule.ScheduleRef;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What many apps cost. The time limits are far above what the platform needs, and far below what it
 * would need if each app cost time for all others.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GrowthTest {

  private static final int MANY = 10_000;

  private static final AppResponse DONE = new AppResponse(204, Headers.none(), new byte[0]);

  private final World world = new World();
  private final AtomicInteger ran = new AtomicInteger();

  private W7sApp scheduled(String name, String cron) {
    return W7sApp.builder(AppRef.of("acme/" + name))
        .on(ScheduleRef.of(cron, "/sync"), run -> ran.incrementAndGet())
        .build();
  }

  private static Deployment withTokens(int i) {
    return Deployment.withoutBackend(AppId.parse("acme/app-" + i), Manifest.empty())
        .withTokens(Tokens.of("r" + i, "q" + i, "w" + i, "e" + i));
  }

  @Test
  void deploysManyAppsWithSchedulesInTimeForEach() {
    for (int i = 0; i < MANY; i++) {
      world.deploy(scheduled("app-" + i, "0 5 * * *"));
    }
    assertThat(world.platform.deployments()).hasSize(MANY);
  }

  @Test
  void deploysManyAppsWithChosenTokensInTimeForEach() {
    for (int i = 0; i < MANY; i++) {
      world.platform.deploy(withTokens(i));
    }
    assertThat(world.platform.deployments()).hasSize(MANY);
  }

  @Test
  void aMinuteCostsTheSameAfterADayOfMinutes() {
    Manifest everyMinute =
        Manifest.empty()
            .withSchedule(new Manifest.Schedule(CronExpression.parse("* * * * *"), "/sync"));
    for (int i = 0; i < 300; i++) {
      world.platform.deploy(
          Deployment.of(
              AppId.parse("acme/app-" + i),
              everyMinute,
              request -> {
                ran.incrementAndGet();
                return DONE;
              }));
    }
    world.pass(Duration.ofDays(1));
    assertThat(ran).hasValue(300 * 24 * 60);
  }

  @Test
  void aMinuteCostsNothingForSchedulesThatAreNotDue() {
    for (int i = 0; i < MANY; i++) {
      world.deploy(scheduled("yearly-" + i, "0 0 1 1 *"));
    }
    world.deploy(scheduled("busy", "* * * * *"));
    world.pass(Duration.ofDays(7));
    assertThat(ran).hasValue(7 * 24 * 60);
  }
}

package io.w7s.sdk.emulator;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Metric.Scope;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** How much apps may do, and what they are told when it is too much. */
class LimitsTest {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);

  private World world(Limits limits) {
    return new World(builder -> builder.limits(limits))
        .deploy(W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build());
  }

  private static void send(W7s w7s) {
    w7s.queues().send(JOBS, 1, send -> send.retry(RetryPolicy.none()));
  }

  private static LimitExceededException refused(W7s w7s) {
    try {
      send(w7s);
    } catch (LimitExceededException limit) {
      return limit;
    }
    throw new AssertionError("not refused");
  }

  @Test
  void aBurstIsRefusedUntilTheNextMinute() {
    World world = world(Limits.platform());
    W7s shop = world.as("acme/shop");
    world.pass(ofSeconds(20));
    for (int i = 0; i < 120; i++) {
      send(shop);
    }
    LimitExceededException limit = refused(shop);
    assertThat(limit.retryAfter()).hasValue(ofSeconds(40));
    assertThat(limit.retryAt()).hasValue(World.START.plusSeconds(60));
    assertThat(limit.details().get("rateLimit"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("metric", "queue.send")
        .containsEntry("scope", "repo")
        .containsEntry("limit", 120L)
        .containsEntry("remaining", 0L);
    world.pass(ofSeconds(40));
    send(shop);
  }

  @Test
  void aDailyLimitIsRefusedUntilMidnightUtc() {
    World world = world(Limits.none().withDaily(Metric.QUEUE_SEND, Scope.REPO, 1));
    W7s shop = world.as("acme/shop");
    send(shop);
    LimitExceededException limit = refused(shop);
    assertThat(limit.retryAfter()).hasValue(ofHours(12));
    assertThat(limit.details()).containsKey("usageLimit");
    world.pass(ofHours(12));
    send(shop);
  }

  @Test
  void ownersAndThePlatformHaveLimitsOfTheirOwn() {
    World world = world(Limits.none().withBurst(Metric.QUEUE_SEND, Scope.OWNER, 2));
    send(world.as("acme/one"));
    send(world.as("acme/two"));
    assertThat(refused(world.as("acme/three")).details().get("rateLimit"))
        .asString()
        .contains("scope=owner");
    World crowded = world(Limits.none().withBurst(Metric.QUEUE_SEND, Scope.GLOBAL, 1));
    send(crowded.as("acme/one"));
    assertThat(refused(crowded.as("acme/two")).details().get("rateLimit"))
        .asString()
        .contains("scope=global");
  }

  @Test
  void whatIsRefusedIsNotCounted() {
    World world = world(Limits.none().withDaily(Metric.QUEUE_SEND, Scope.REPO, 1));
    W7s shop = world.as("acme/shop");
    send(shop);
    refused(shop);
    refused(shop);
    assertThat(usage(world, "acme/shop", Metric.QUEUE_SEND)).isOne();
  }

  @Test
  void nothingIsLimitedUnlessItIsTurnedOn() {
    World world = world(Limits.none());
    W7s shop = world.as("acme/shop");
    for (int i = 0; i < 20_001; i++) {
      send(shop);
    }
    assertThat(usage(world, "acme/shop", Metric.QUEUE_SEND)).isEqualTo(20_001);
  }

  @Test
  void usageIsKeptForTheSenderTheReceiverAndTheDay() {
    World world = world(Limits.none());
    send(world.as("acme/shop"));
    world.pass(ofSeconds(5));
    assertThat(usage(world, "acme/shop", Metric.QUEUE_SEND)).isOne();
    assertThat(usage(world, "acme/worker", Metric.QUEUE_DELIVERY)).isOne();
    assertThat(usage(world, "acme/worker", Metric.QUEUE_SEND)).isZero();
    world.pass(ofHours(24));
    assertThat(usage(world, "acme/shop", Metric.QUEUE_SEND)).isZero();
  }

  @Test
  void theDefaultsAreThePlatforms() {
    Map<Metric, long[]> published =
        Map.of(
            Metric.RPC_DISPATCH, new long[] {10_000, 120, 600, 5_000},
            Metric.QUEUE_SEND, new long[] {10_000, 120, 600, 5_000},
            Metric.QUEUE_DELIVERY, new long[] {10_000, 300, 1_500, 10_000},
            Metric.SCHEDULE_DELIVERY, new long[] {2_000, 120, 600, 5_000},
            Metric.WORKFLOW_CREATE, new long[] {1_000, 60, 300, 2_000},
            Metric.WORKFLOW_DELIVERY, new long[] {1_000, 120, 600, 5_000},
            Metric.EVENT_PUBLISH, new long[] {10_000, 120, 600, 5_000},
            Metric.EVENT_DELIVERY, new long[] {10_000, 300, 1_500, 10_000});
    assertThat(published).containsOnlyKeys(Metric.values());
    Limits limits = Limits.platform();
    AppId app = AppId.parse("acme/shop");
    published.forEach(
        (metric, expected) -> {
          assertThat(limits.daily(app, metric, Scope.REPO)).isEqualTo(expected[0]);
          assertThat(limits.daily(app, metric, Scope.OWNER)).isEqualTo(10 * expected[0]);
          assertThat(limits.daily(app, metric, Scope.GLOBAL)).isEqualTo(100 * expected[0]);
          assertThat(limits.burst(metric, Scope.REPO)).isEqualTo(expected[1]);
          assertThat(limits.burst(metric, Scope.OWNER)).isEqualTo(expected[2]);
          assertThat(limits.burst(metric, Scope.GLOBAL)).isEqualTo(expected[3]);
        });
    assertThat(limits.activeWorkflows()).isEqualTo(50);
  }

  @Test
  void aLimitBelowZeroIsRefused() {
    assertThatThrownBy(() -> Limits.none().withBurst(Metric.QUEUE_SEND, Scope.REPO, -1))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Limits.none().withActiveWorkflows(0))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void theRetryOfAClientWaitsForTheNextMinute() {
    World world = world(Limits.none().withBurst(Metric.QUEUE_SEND, Scope.REPO, 1));
    W7s shop = world.as("acme/shop");
    world.pass(ofSeconds(50));
    shop.queues().send(JOBS, 1);
    shop.queues().send(JOBS, 2);
    assertThat(Duration.between(World.START, world.time.now())).isEqualTo(ofSeconds(60));
  }

  private static long usage(World world, String app, Metric metric) {
    return world.platform.usageToday(AppInstance.of(AppId.parse(app)), metric);
  }
}

package io.w7s.sdk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a suspended app does not get, and what an app may not declare under limits. */
class SuspensionTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final AppId ID = AppId.parse("acme/worker");
  private static final RpcRef<Void, String> HELLO = WORKER.get("/hello", String.class);
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final WorkflowRef<String, String> BUILD =
      WORKER.workflow("build", String.class, String.class);

  private final World world = new World();
  private final List<String> handled = new ArrayList<>();
  private W7s shop;

  @BeforeEach
  void deploy() {
    world.deploy(
        W7sApp.builder(WORKER)
            .on(HELLO, request -> "hello")
            .on(JOBS, message -> handled.add(message.body()))
            .on(BUILD, run -> run.payload())
            .build());
    AppId id = AppId.parse("acme/shop");
    world.platform.deploy(Deployment.withoutBackend(id, Manifest.empty()));
    shop =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
            .time(world.time)
            .transport(world.platform.transportFor(AppInstance.of(id)))
            .build();
  }

  private Stream<ThrowingCallable> calls() {
    return Stream.of(
        () -> shop.rpc().call(HELLO),
        () -> shop.queues().send(JOBS, "a"),
        () -> shop.workflows().start(BUILD, "a"));
  }

  @Test
  void allCallsToASuspendedAppAreRefusedUntilItIsResumed() {
    world.platform.suspend(AppInstance.of(ID));
    assertThat(world.platform.isSuspended(AppInstance.of(ID))).isTrue();
    calls()
        .forEach(
            call -> {
              var refused = catchThrowableOfType(LimitExceededException.class, call);
              assertThat(refused).hasMessageContaining("acme/worker (production) is suspended");
              assertThat(refused.details()).containsKey("appLimitState");
              assertThat(refused.retryAfter()).contains(Duration.ofHours(12));
            });
    world.platform.resume(AppInstance.of(ID));
    calls().forEach(call -> assertThat(catchThrowableOfType(Exception.class, call)).isNull());
  }

  @Test
  void whatIsOnTheQueueOfASuspendedAppIsDelivered() {
    shop.queues().send(JOBS, "a");
    world.platform.suspend(AppInstance.of(ID));
    world.time.runUntilIdle(10);
    assertThat(handled).containsExactly("a");
  }

  @Test
  void anotherEnvironmentIsNotSuspended() {
    world.platform.suspend(new AppInstance(ID, Environment.of("preview")));
    assertThat(shop.rpc().call(HELLO)).isEqualTo("hello");
  }

  private AppResponse get(String accept) {
    Tokens tokens =
        world
            .platform
            .deployment(AppInstance.of(AppId.parse("acme/shop")))
            .flatMap(Deployment::tokens)
            .orElseThrow();
    Headers headers = Headers.of("authorization", "Bearer " + tokens.rpc());
    return world
        .platform
        .controlPlane()
        .handle(
            new AppRequest(
                "GET",
                "/api/v1/rpc/acme/worker/hello",
                "",
                accept.isEmpty() ? headers : headers.with("accept", accept),
                new byte[0]));
  }

  @Test
  void theRefusalIsAPageForThoseWhoAcceptHtml() {
    world.platform.suspend(AppInstance.of(ID));
    AppResponse page = get("text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(page.status()).isEqualTo(429);
    assertThat(page.headers().first("content-type")).hasValue("text/html");
    assertThat(page.headers().first("retry-after")).hasValue("43200");
    assertThat(new String(page.body(), StandardCharsets.UTF_8)).startsWith("<!doctype html>");
    for (String accept : List.of("", "application/json", "*/*")) {
      AppResponse json = get(accept);
      assertThat(json.status()).isEqualTo(429);
      assertThat(json.headers().first("content-type")).hasValue("application/json");
      assertThat(new String(json.body(), StandardCharsets.UTF_8)).contains("\"appLimitState\"");
    }
  }

  private static W7sApp withQueues(int queues) {
    var app = W7sApp.builder(AppRef.of("acme/many"));
    for (int i = 0; i < queues; i++) {
      app.on(AppRef.of("acme/many").queue("q" + i, String.class), message -> {});
    }
    return app.build();
  }

  private static W7sApp withSchedules(int schedules) {
    var app = W7sApp.builder(AppRef.of("acme/many"));
    for (int i = 0; i < schedules; i++) {
      app.on(ScheduleRef.of(i + " * * * *", "/s" + i), run -> {});
    }
    return app.build();
  }

  private static W7sApp withWorkflows(int workflows) {
    var app = W7sApp.builder(AppRef.of("acme/many"));
    for (int i = 0; i < workflows; i++) {
      app.on(
          AppRef.of("acme/many").workflow("w" + i, String.class, String.class),
          run -> run.payload());
    }
    return app.build();
  }

  @Test
  void underLimitsADeploymentOverTheCapsIsRefused() {
    var limited = new World(builder -> builder.limits(Limits.platform()));
    limited.deploy(withQueues(2), withSchedules(5), withWorkflows(5));
    assertThatThrownBy(() -> limited.deploy(withQueues(3)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/many (production)")
        .hasMessageContaining("3 queues, of which the platform deploys at most 2");
    assertThatThrownBy(() -> limited.deploy(withSchedules(6)))
        .hasMessageContaining("6 schedules, of which the platform deploys at most 5");
    assertThatThrownBy(() -> limited.deploy(withWorkflows(6)))
        .hasMessageContaining("6 workflows, of which the platform deploys at most 5");
    assertThat(limited.platform.deployment(AppInstance.of(AppId.parse("acme/many"))))
        .as("the one before stays")
        .hasValueSatisfying(kept -> assertThat(kept.manifest().workflows()).hasSize(5));
  }

  @Test
  void withoutLimitsTheCapsDoNotCount() {
    world.deploy(withQueues(3));
    assertThat(withQueues(3).manifest().beyondPlatformCaps()).hasSize(1);
    assertThat(withQueues(2).manifest().beyondPlatformCaps()).isEmpty();
  }
}

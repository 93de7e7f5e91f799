package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Metric.Scope;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that the platform refuses: the exception for each status, and what it carries. */
public abstract class RefusalContract extends ContractTests {

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected RefusalContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void anInvalidInstanceIdIs400(CallStyle style) {
    assumeRefuses(400);
    deploy(worker().build());
    W7s shop = shop();

    start(style, shop, "a", "a"); // a local platform knows an app once it has been called
    var handle = shop.workflows().handle(BUILD, "!!!");
    assertThatThrownBy(() -> style.call(handle::status, handle::statusAsync))
        .isExactlyInstanceOf(StatusException.class)
        .asInstanceOf(type(StatusException.class))
        .satisfies(refusal -> refused(refusal, 400, "workflow status", "acme/worker/build/!!!"))
        .satisfies(refusal -> assertThat(refusal.retryable()).isFalse());
  }

  @ParameterizedTest
  @CsvSource({
    "RPC, RPC POST, acme/worker/echo",
    "QUEUE, queue send, acme/worker/jobs",
    "EVENT, event publish, orders.created",
    "WORKFLOW, workflow start, acme/worker/build"
  })
  void anUnknownCallerIs401(CallKind kind, String operation, String target) {
    assumeRefuses(401);
    deploy(worker().build());
    W7s shop = shop();
    fixture().remove(SHOP, PREVIEW);

    for (CallStyle style : CallStyle.values()) {
      assertThatThrownBy(() -> kind.make(style, shop))
          .asInstanceOf(type(UnauthenticatedException.class))
          .satisfies(refusal -> refused(refusal, 401, operation, target));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RPC, RPC POST, acme/worker/echo",
    "QUEUE, queue send, acme/worker/jobs",
    "WORKFLOW, workflow start, acme/worker/build"
  })
  void callingAnotherOwnersAppWithoutPermissionIs403(
      CallKind kind, String operation, String target) {
    assumeRefuses(403);
    deploy(worker().build());
    var stranger = AppId.parse("other/app");
    fixture().deploy(Deployment.withoutBackend(stranger, Manifest.empty()).in(PREVIEW));
    W7s other = connect(stranger);

    for (CallStyle style : CallStyle.values()) {
      assertThatThrownBy(() -> kind.make(style, other))
          .asInstanceOf(type(ForbiddenException.class))
          .satisfies(refusal -> refused(refusal, 403, operation, target))
          .satisfies(refusal -> assertThat(refusal.platformMessage()).contains("other/app"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void callingAnotherOwnersAppWithPermissionSucceeds(CallStyle style) {
    var allowing =
        Manifest.empty()
            .withRpcAllow("other")
            .withQueueAllow("other/app")
            .withWorkflowAllow("other");
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .manifest(allowing)
            .on(ECHO, request -> request.body())
            .on(JOBS, message -> handled.add(requireNonNull(message.body()).text()))
            .on(BUILD, run -> run.payload())
            .build());
    var friend = AppId.parse("other/app");
    fixture().deploy(Deployment.withoutBackend(friend, Manifest.empty()).in(PREVIEW));
    W7s other = connect(friend);

    assertThat(echo(style, other, "a")).isEqualTo(new Text("a"));
    send(style, other, "b");
    start(style, other, "c", "c");
    fixture().settle();
    assertThat(handled).containsExactly("b");
  }

  @ParameterizedTest
  @EnumSource
  void anUndeclaredSubjectIs403(CallStyle style) {
    assumeRefuses(403);
    deploy(worker().build());
    W7s shop = shop();
    var other = SubjectRef.of("orders.cancelled", Text.class);

    assertThatThrownBy(() -> publish(style, shop, other, "a"))
        .asInstanceOf(type(ForbiddenException.class))
        .satisfies(refusal -> refused(refusal, 403, "event publish", "orders.cancelled"));
  }

  @ParameterizedTest
  @EnumSource
  void anAppThatDoesNotExistIs404(CallStyle style) {
    assumeRefuses(404);
    W7s shop = shop();
    var echo = AppRef.of("acme/nobody").post("/echo", Text.class, Text.class);
    var jobs = AppRef.of("acme/nobody").queue("jobs", Text.class);

    if (fixture().hasPlatformInProcess()) {
      assertThatThrownBy(() -> call(style, shop, echo, "a"))
          .isInstanceOf(ConfigurationException.class);
      assertThatThrownBy(() -> send(style, shop, jobs, "a"))
          .isInstanceOf(ConfigurationException.class);
      return;
    }

    assertThatThrownBy(() -> call(style, shop, echo, "a"))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(refusal -> refused(refusal, 404, "RPC POST", "acme/nobody/echo"));
    assertThatThrownBy(() -> send(style, shop, jobs, "a"))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(refusal -> refused(refusal, 404, "queue send", "acme/nobody/jobs"));
  }

  @ParameterizedTest
  @EnumSource
  void anUndeclaredQueueOrWorkflowIs404(CallStyle style) {
    assumeRefuses(404);
    deploy(worker().build());
    W7s shop = shop();
    var queue = AppRef.of("acme/worker").queue("other", Text.class);
    var workflow = AppRef.of("acme/worker").workflow("other", Text.class, Text.class);

    assertThatThrownBy(() -> send(style, shop, queue, "a"))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(refusal -> refused(refusal, 404, "queue send", "acme/worker/other"));
    assertThatThrownBy(() -> start(style, shop, workflow, "a", "a"))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(refusal -> refused(refusal, 404, "workflow start", "acme/worker/other"));
  }

  @ParameterizedTest
  @EnumSource
  void aWorkflowInstanceThatDoesNotExistIs404(CallStyle style) {
    assumeRefuses(404);
    deploy(worker().build());
    var handle = shop().workflows().handle(BUILD, "preview-acme-worker-build-none");

    assertThatThrownBy(() -> style.call(handle::status, handle::statusAsync))
        .asInstanceOf(type(NotFoundException.class))
        .satisfies(
            refusal ->
                refused(
                    refusal,
                    404,
                    "workflow status",
                    "acme/worker/build/preview-acme-worker-build-none"));
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatIsTooLargeWithItsEnvelopeIs413(CallStyle style) {
    assumeRefuses(413);
    deploy(worker().build());
    W7s shop = shop();
    String large = "x".repeat(65_500);

    assertThatThrownBy(() -> send(style, shop, large))
        .asInstanceOf(type(PayloadTooLargeException.class))
        .satisfies(refusal -> refused(refusal, 413, "queue send", "acme/worker/jobs"));
    assertThatThrownBy(() -> start(style, shop, "a", large))
        .asInstanceOf(type(PayloadTooLargeException.class))
        .satisfies(refusal -> refused(refusal, 413, "workflow start", "acme/worker/build"));
  }

  @ParameterizedTest
  @EnumSource
  void anExceededLimitIs429WithDetailsAndRetryAfter(CallKind kind) {
    Metric metric = kind.metric();
    openWith(Limits.none().withDaily(metric, Scope.REPO, 0));
    assumeRefuses(429);
    assumeFalse(
        kind == CallKind.RPC && fixture().hasPlatformInProcess(),
        "RPCs go past the platform, uncounted");
    deploy(worker().build());
    W7s shop = shop();

    for (CallStyle style : CallStyle.values()) {
      assertThatThrownBy(() -> kind.make(style, shop))
          .asInstanceOf(type(LimitExceededException.class))
          .satisfies(
              refusal -> {
                assertThat(refusal.status()).isEqualTo(429);
                assertThat(refusal.attempts()).isEqualTo(1);
                assertThat(refusal.retryAfter().orElseThrow())
                    .isPositive()
                    .isLessThanOrEqualTo(Duration.ofDays(1));
                assertThat(refusal.retryAt()).isPresent();
                assertThat(refusal.details().get("usageLimit"))
                    .isInstanceOfSatisfying(
                        Map.class,
                        limit -> {
                          assertThat(limit.get("metric")).isEqualTo(metric.word());
                          assertThat(limit.get("scope")).isEqualTo("repo");
                        });
              });
    }
  }

  private void assumeRefuses(int status) {
    assumeFalse(
        fixture().neverRefusesWith().contains(status),
        () -> "the platform of this fixture never refuses with " + status);
  }

  private static <E extends StatusException> void refused(
      E refusal, int status, String operation, String target) {
    assertThat(refusal.status()).isEqualTo(status);
    assertThat(refusal.operation()).isEqualTo(operation);
    assertThat(refusal.target()).isEqualTo(target);
    assertThat(refusal.attempts()).isEqualTo(1);
    assertThat(refusal.platformMessage()).isNotEmpty();
  }
}

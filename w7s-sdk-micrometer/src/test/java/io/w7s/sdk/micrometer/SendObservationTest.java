package io.w7s.sdk.micrometer;

import static io.w7s.sdk.micrometer.Shop.CHECKOUT;
import static io.w7s.sdk.micrometer.Shop.CREATED;
import static io.w7s.sdk.micrometer.Shop.JOBS;
import static io.w7s.sdk.micrometer.Shop.ORDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is observed of a call. */
class SendObservationTest {

  private final InMemoryW7s platform = InMemoryW7s.create();
  private final Observed observed = new Observed();
  private final TestObservationRegistry registry = observed.registry();

  private W7s shop(W7sObservations observations) {
    return platform.connect("acme/shop").intercept(observations).build();
  }

  private W7s shop() {
    return shop(W7sObservations.of(registry));
  }

  private void deployWorker() {
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .on(JOBS, message -> {})
            .on(CREATED, "events", event -> {})
            .on(CHECKOUT, run -> "done")
            .on(ORDER, request -> request.body())
            .build());
  }

  @Test
  void eachCallIsOneObservation() {
    deployWorker();
    try (W7s w7s = shop()) {
      w7s.rpc().call(ORDER, "x", call -> call.variable("orderId", "42"));
      w7s.queues().send(JOBS, "x");
      w7s.events().publish(CREATED, "x");
      WorkflowHandle<String> run = w7s.workflows().start(CHECKOUT, "x");
      run.status();
    }

    assertThat(observed.keys())
        .containsExactly(
            keys("RPC POST", "acme/worker/orders/{orderId}", "success"),
            keys("queue send", "acme/worker/jobs", "success"),
            keys("event publish", "order.created", "success"),
            keys("workflow start", "acme/worker/checkout", "success"),
            keys("workflow status", "acme/worker/checkout", "success"));
    assertThat(observed.started()).isEqualTo(observed.ended());
    assertThat(observed.ended())
        .allSatisfy(each -> assertThat(each.getName()).isEqualTo("w7s.send"));
  }

  private static Map<String, String> keys(String operation, String target, String outcome) {
    return Map.of("w7s.operation", operation, "w7s.target", target, "w7s.outcome", outcome);
  }

  @Test
  void idsAreNoKeysOfMetrics() {
    deployWorker();
    try (W7s w7s = shop()) {
      w7s.rpc().call(ORDER, "x", call -> call.variable("orderId", "42"));
    }

    TestObservationRegistryAssert.assertThat(registry)
        .hasSingleObservationThat()
        .hasNameEqualTo("w7s.send")
        .hasContextualNameEqualTo("RPC POST acme/worker/orders/{orderId}")
        .hasHighCardinalityKeyValue("w7s.target.full", "acme/worker/orders/42")
        .hasHighCardinalityKeyValue("w7s.attempts", "1")
        .doesNotHaveError()
        .hasBeenStarted()
        .hasBeenStopped();
    assertThat(Observed.low(observed.onlyEnded()).values())
        .noneMatch(value -> value.contains("42"));
  }

  @Test
  void aRetryIsAnEventOfItsCall() {
    deployWorker();
    platform.faults().add(Fault.unreachable().times(2));
    try (W7s w7s = shop()) {
      w7s.queues().send(JOBS, "x");
    }

    assertThat(observed.events())
        .hasSize(2)
        .allMatch(event -> event.startsWith("retry: attempt "))
        .last()
        .asString()
        .contains("attempt 2 failed, the next one follows after PT");
    assertThat(Observed.high(observed.onlyEnded())).containsEntry("w7s.attempts", "3");
    assertThat(Observed.low(observed.onlyEnded())).containsEntry("w7s.outcome", "success");
  }

  @Test
  void aCallOverTheRateLimitHasAnEvent() {
    deployWorker();
    try (W7s w7s =
        platform
            .connect("acme/shop")
            .pacing(Pacing.observing())
            .intercept(W7sObservations.of(registry))
            .build()) {
      for (int i = 0; i < 121; i++) {
        w7s.queues().send(JOBS, "x");
      }
    }

    assertThat(observed.events()).hasSize(1).first().asString().startsWith("throttled: over the");
  }

  @Test
  void aFailedCallHasItsErrorAndItsOutcome() {
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .onReply(ORDER, request -> RpcReply.error(409, "taken"))
            .on(JOBS, message -> {})
            .build());
    try (W7s w7s = shop()) {
      assertThatThrownBy(() -> w7s.rpc().call(ORDER, "x", call -> call.variable("orderId", "42")))
          .isInstanceOf(RpcFailedException.class);
      assertThatThrownBy(() -> w7s.queues().send(JOBS, "x".repeat(100_000)))
          .isInstanceOf(InvalidInputException.class);
      platform.faults().add(Fault.requestLost());
      assertThatThrownBy(() -> w7s.rpc().call(ORDER, "x", call -> call.variable("orderId", "42")))
          .isInstanceOf(TransportException.class);
    }

    assertThat(observed.keys())
        .extracting(keys -> keys.get("w7s.outcome"))
        .containsExactly("refused", "invalid", "no_response");
    assertThat(observed.ended())
        .extracting(each -> (Object) each.getError().getClass())
        .containsExactly(
            RpcFailedException.class, InvalidInputException.class, TransportException.class);
    assertThat(observed.ended())
        .extracting(each -> Observed.high(each).get("w7s.attempts"))
        .containsExactly("1", "0", "1");
  }

  @Test
  void anAsyncCallEndsItsObservationOnce() {
    deployWorker();
    try (W7s w7s = shop()) {
      CompletableFuture<?> sent = w7s.queues().sendAsync(JOBS, "x");
      platform.runUntilIdle();
      sent.join();
    }

    assertThat(Observed.low(observed.onlyEnded())).containsEntry("w7s.outcome", "success");
  }

  /** Never answers. */
  private static final class Silent implements Transport {

    private final CompletableFuture<Object> answer = new CompletableFuture<>();

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      throw new AssertionError("not async");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      return (CompletableFuture<Outcome<R>>) (CompletableFuture<?>) answer;
    }

    @Override
    public void close() {}
  }

  @Test
  void aCancelledCallEndsItsObservationOnce() {
    var transport = new Silent();
    var config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    try (W7s w7s =
        W7s.builder(config).transport(transport).intercept(W7sObservations.of(registry)).build()) {
      CompletableFuture<?> sent = w7s.queues().sendAsync(JOBS, "x");
      assertThat(observed.ended()).isEmpty();
      sent.cancel(true);
      transport.answer.complete(Outcome.refused(500, "too late"));
    }

    Observation.Context context = observed.onlyEnded();
    assertThat(Observed.low(context)).containsEntry("w7s.outcome", "cancelled");
    assertThat(context.getError()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "event", "error", "stop"})
  void aFailingObservationHandlerDoesNotChangeTheCall(String moment) {
    deployWorker();
    ObservationRegistry broken = observed.registry(Observed.failingAt(moment));
    platform.faults().add(Fault.unreachable().times(1));
    try (W7s w7s = shop(W7sObservations.of(broken))) {
      assertThat(w7s.rpc().call(ORDER, "same", call -> call.variable("orderId", "42")))
          .isEqualTo("same");
      platform.faults().add(Fault.refuse(403));
      assertThatThrownBy(() -> w7s.queues().send(JOBS, "x")).hasMessageContaining("403");
    }
  }

  @Test
  void whatAnotherHandlerHasBegunEndsAlsoWhenTheNextOneFails() {
    deployWorker();
    try (W7s w7s = shop(W7sObservations.of(observed.registryWith(Observed.failingAt("start"))))) {
      w7s.queues().send(JOBS, "x");
    }

    assertThat(Observed.low(observed.onlyEnded())).containsEntry("w7s.outcome", "success");
  }

  @Test
  void anObservationEndsAlsoWhenItsErrorCannotBeTold() {
    deployWorker();
    platform.faults().add(Fault.refuse(403));
    try (W7s w7s = shop(W7sObservations.of(observed.registry(Observed.failingAt("error"))))) {
      assertThatThrownBy(() -> w7s.queues().send(JOBS, "x")).hasMessageContaining("403");
    }

    assertThat(Observed.low(observed.onlyEnded())).containsEntry("w7s.outcome", "refused");
  }

  @Test
  void theConventionOfTheBuilderIsTaken() {
    deployWorker();
    var convention =
        new DefaultSendConvention() {
          @Override
          public String getName() {
            return "shop.calls";
          }

          @Override
          public KeyValues getLowCardinalityKeyValues(SendContext context) {
            return super.getLowCardinalityKeyValues(context)
                .and("kind", context.call().kind().name());
          }
        };
    try (W7s w7s = shop(W7sObservations.builder(registry).sendConvention(convention).build())) {
      w7s.queues().send(JOBS, "x");
    }

    assertThat(observed.onlyEnded().getName()).isEqualTo("shop.calls");
    assertThat(Observed.low(observed.onlyEnded()))
        .containsEntry("kind", "QUEUE_SEND")
        .containsKey("w7s.target");
  }

  /** A convention for all observations of the registry whose context is that of a call. */
  private static final class Global extends DefaultSendConvention
      implements GlobalObservationConvention<SendContext> {

    @Override
    public String getName() {
      return "global.calls";
    }
  }

  @Test
  void theConventionOfTheRegistryIsTaken() {
    deployWorker();
    registry.observationConfig().observationConvention(new Global());
    try (W7s w7s = shop()) {
      w7s.queues().send(JOBS, "x");
    }

    assertThat(observed.onlyEnded().getName()).isEqualTo("global.calls");
  }

  @Test
  void withoutHandlersNothingIsObserved() {
    var calls = W7sObservations.of(ObservationRegistry.create());
    var seen = new java.util.ArrayList<CallObserver>();
    deployWorker();
    try (W7s w7s =
        platform
            .connect("acme/shop")
            .intercept(
                call -> {
                  seen.add(calls.intercept(call));
                  return CallObserver.NONE;
                })
            .build()) {
      w7s.queues().send(JOBS, "x");
    }

    assertThat(seen).isEqualTo(List.of(CallObserver.NONE));
  }

  @Test
  void aPredicateOfTheRegistryTurnsCallsOff() {
    deployWorker();
    registry.observationConfig().observationPredicate((name, context) -> !name.equals("w7s.send"));
    try (W7s w7s = shop()) {
      w7s.queues().send(JOBS, "x");
    }

    TestObservationRegistryAssert.assertThat(registry).doesNotHaveAnyObservation();
  }
}

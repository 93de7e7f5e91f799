package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.RunEndedException;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that wait for events: each event is taken once, whenever it comes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowEventsTest {

  /** What a buyer has paid. */
  record Payment(String checkout, int cents) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<String, List<Integer>> CHECKOUT =
      SHOP.workflow("checkout", TypeRef.of(String.class), new TypeRef<List<Integer>>() {});
  private static final RunEvent<Payment> PAYMENT = RunEvent.of("payment", Payment.class);
  private static final RunEvent<Integer> ITEM = RunEvent.of("item", Integer.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final W7s bank = w7s.as("acme/bank");

  private static W7sApp app(StepLog log, StepsHandler<String, List<Integer>> body) {
    return W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build();
  }

  private WorkflowHandle<List<Integer>> start(StepsHandler<String, List<Integer>> body) {
    w7s.deploy(app(log, body));
    return bank.workflows().start(CHECKOUT, "c1");
  }

  private static Payment paid(int cents) {
    return new Payment("", cents);
  }

  private static List<Integer> cents(Optional<Payment> payment) {
    return payment.map(each -> List.of(each.cents())).orElse(List.of());
  }

  @Test
  void anEventEndsTheWaitAtOnce() {
    WorkflowHandle<List<Integer>> handle =
        start((run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2))));
    w7s.advance(ofMinutes(1));
    assertThat(handle.status().state()).isEqualTo(State.WAITING);

    handle.signal(PAYMENT, paid(100));
    w7s.advance(Duration.ZERO);

    assertThat(handle.status().state()).isEqualTo(State.COMPLETE);
    assertThat(handle.await(ofSeconds(1))).containsExactly(100);
  }

  @Test
  void anEventThatComesBeforeTheWaitIsKeptForIt() {
    WorkflowHandle<List<Integer>> handle =
        start(
            (run, steps) -> {
              steps.sleep("think", ofDays(1));
              return cents(steps.waitForEvent("the payment", PAYMENT, ofDays(2)));
            });
    w7s.advance(ofMinutes(1));

    handle.signalAsync(PAYMENT, paid(100)).join();
    w7s.advance(ofMinutes(1));
    assertThat(handle.status().state()).isEqualTo(State.WAITING);

    assertThat(handle.await(ofDays(1))).containsExactly(100);
  }

  @Test
  void aSignalWaitsForTheRunThatThePlatformHasNotDeliveredYet() {
    WorkflowHandle<List<Integer>> first =
        start((run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2))));
    WorkflowHandle<List<Integer>> second = bank.workflows().start(CHECKOUT, "c2");

    first.signal(PAYMENT, paid(1));
    second.signalAsync(PAYMENT, paid(2)).join();

    assertThat(first.await(ofMinutes(1))).containsExactly(1);
    assertThat(second.await(ofMinutes(1))).containsExactly(2);
  }

  @Test
  void aSignalDoesNotWaitLongerThanItsCallMayTake() {
    w7s.deploy(
        "acme/shop",
        app(log, (run, steps) -> List.of()).manifest(),
        request ->
            request.method().equals("POST") && request.path().endsWith("/checkout")
                ? new AppResponse(503, Headers.none(), new byte[0]) // the run never starts
                : app(log, (run, steps) -> List.of()).handle(request));
    WorkflowHandle<List<Integer>> handle = bank.workflows().start(CHECKOUT, "c1");
    Instant begun = w7s.now();

    assertThatThrownBy(
            () -> handle.signal(PAYMENT, paid(1), signal -> signal.timeout(ofSeconds(3))))
        .isInstanceOf(RunNotFoundException.class);
    assertThat(w7s.now()).isBetween(begun.plusSeconds(1), begun.plusSeconds(3));
    assertThatThrownBy(
            () ->
                handle.signalAsync(PAYMENT, paid(1), signal -> signal.timeout(ofSeconds(3))).join())
        .hasCauseInstanceOf(RunNotFoundException.class);
  }

  @Test
  void withoutAnEventTheWaitEndsEmptyAndALateOneIsKeptForTheNextWait() {
    WorkflowHandle<List<Integer>> handle =
        start(
            (run, steps) -> {
              var cents = new ArrayList<Integer>();
              cents.addAll(cents(steps.waitForEvent("first try", PAYMENT, ofDays(1))));
              cents.add(-1);
              steps.sleep("think", ofDays(1));
              cents.addAll(cents(steps.waitForEvent("second try", PAYMENT, ofDays(1))));
              return cents;
            });
    w7s.advance(ofDays(1).plus(ofMinutes(1)));

    handle.signal(PAYMENT, paid(100));

    assertThat(handle.await(ofDays(2))).containsExactly(-1, 100);
  }

  @Test
  void anEventThatComesTwiceWithOneIdIsTakenOnce() {
    WorkflowHandle<List<Integer>> handle =
        start(
            (run, steps) -> {
              var items = new ArrayList<Integer>();
              for (int i = 0; i < 3; i++) {
                steps.waitForEvent("item " + i, ITEM, ofDays(1)).ifPresent(items::add);
              }
              return items;
            });
    handle.signal(ITEM, 1, item -> item.id("a"));
    handle.signal(ITEM, 1, item -> item.id("a"));
    w7s.advance(ofMinutes(1));
    handle.signal(ITEM, 1, item -> item.id("a"));
    handle.signal(ITEM, 2, item -> item.id("b"));

    assertThat(handle.await(ofDays(3))).containsExactly(1, 2);
    handle.signal(ITEM, 1, item -> item.id("a")); // known, also after the end
  }

  @Test
  void aWaitWithoutTimeTakesWhatIsThere() {
    WorkflowHandle<List<Integer>> handle =
        start(
            (run, steps) -> {
              var items = new ArrayList<Integer>();
              steps.sleep("collect", ofDays(1));
              for (int i = 0; ; i++) {
                Optional<Integer> item = steps.waitForEvent("item " + i, ITEM, Duration.ZERO);
                if (item.isEmpty()) {
                  return items;
                }
                items.add(item.get());
              }
            });
    for (int i = 0; i < 5; i++) {
      handle.signal(ITEM, i);
    }

    assertThat(handle.await(ofDays(2))).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void anEventThatComesJustBeforeTheRunIsSuspendedIsNotMissed() {
    var once = new AtomicBoolean();
    var handle = new ArrayList<WorkflowHandle<List<Integer>>>();
    var busy =
        new ForwardingStepLog(log) {
          @Override
          public void suspendForEvent(HeldRun run, Instant dueAt, String event) {
            if (once.compareAndSet(false, true)) {
              handle.get(0).signal(PAYMENT, paid(100));
            }
            super.suspendForEvent(run, dueAt, event);
          }
        };
    w7s.deploy(app(busy, (run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2)))));
    handle.add(bank.workflows().start(CHECKOUT, "c1"));

    assertThat(handle.get(0).await(ofMinutes(1))).containsExactly(100);
  }

  @Test
  void thereAreNoSignalsForRunsThatAreNotThereOrHaveEnded() {
    WorkflowHandle<List<Integer>> ended = start((run, steps) -> List.of());
    w7s.runUntilIdle();
    WorkflowHandle<List<Integer>> unknown =
        bank.workflows().handle(CHECKOUT, "production-acme-shop-checkout-unknown");

    assertThatThrownBy(() -> ended.signal(PAYMENT, paid(1)))
        .isInstanceOf(RunEndedException.class)
        .hasMessageContaining("workflow signal to acme/shop/checkout")
        .hasMessageContaining(ended.instanceId());
    assertThatThrownBy(() -> ended.signalAsync(PAYMENT, paid(1)).join())
        .hasCauseInstanceOf(RunEndedException.class);
    assertThatThrownBy(() -> unknown.signal(PAYMENT, paid(1)))
        .isInstanceOf(RunNotFoundException.class)
        .hasMessageContaining(unknown.instanceId());
    assertThatThrownBy(() -> unknown.signalAsync(PAYMENT, paid(1)).join())
        .hasCauseInstanceOf(RunNotFoundException.class);
  }

  @Test
  void aSignalToAWorkflowThatIsNotDurableFindsNoRun() {
    w7s.deploy(W7sApp.builder(SHOP).on(CHECKOUT, run -> List.of()).build());
    WorkflowHandle<List<Integer>> handle = bank.workflows().start(CHECKOUT, "c1");

    assertThatThrownBy(() -> handle.signal(PAYMENT, paid(1)))
        .isInstanceOf(RunNotFoundException.class);
  }

  @Test
  void anEventThatCannotBeReadFailsItsStepAndIsTaken() {
    WorkflowHandle<List<Integer>> handle =
        start(
            (run, steps) -> {
              var items = new ArrayList<Integer>();
              try {
                steps.waitForEvent("bad", ITEM, ofDays(1));
              } catch (StepFailedException failed) {
                assertThat(failed).hasMessageContaining("step \"bad\"");
                items.add(-1);
              }
              steps.sleep("wait", ofSeconds(1));
              steps.waitForEvent("good", ITEM, ofDays(1)).ifPresent(items::add);
              return items;
            });
    handle.signal(RunEvent.of("item", String.class), "many");
    handle.signal(ITEM, 7);

    assertThat(handle.await(ofDays(2))).containsExactly(-1, 7);
  }

  @Test
  void anotherEventOrTypeInTheSamePlaceIsAChangeOfTheCode() {
    WorkflowHandle<List<Integer>> handle =
        start((run, steps) -> cents(steps.waitForEvent("pay", PAYMENT, ofDays(2))));
    w7s.advance(ofMinutes(1));

    w7s.deploy(app(log, (run, steps) -> List.of(steps.waitForEvent("pay", ITEM, ofDays(2)).get())));
    handle.signal(PAYMENT, paid(1));
    w7s.advance(ofMinutes(1));

    assertThat(log.status(new RunId(CHECKOUT.toString(), handle.instanceId())).get().error())
        .contains("log has EVENT \"pay\" of type payment ", "asks for EVENT \"pay\" of type item ");
  }

  @Test
  void whatIsSignalledIsCheckedBeforeItIsSent() {
    WorkflowHandle<List<Integer>> handle = start((run, steps) -> List.of());

    assertThatThrownBy(() -> handle.signal(PAYMENT, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("value of event payment");
    assertThatThrownBy(() -> handle.signal(RunEvent.of("text", String.class), "x".repeat(65_535)))
        .isInstanceOf(RpcFailedException.class) // only the app knows whether it has a BlobStore
        .hasMessageContaining("65537 bytes");
    assertThatThrownBy(() -> handle.signal(PAYMENT, paid(1), each -> each.id(" ")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> handle.signal(PAYMENT, paid(1), each -> each.id("a\nb")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RunEvent.of("a b", String.class))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RunEvent.of("done", Void.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("such as Boolean");
  }

  @Test
  void theRouteOfSignalsRefusesWhatIsNoSignal() {
    WorkflowHandle<List<Integer>> handle =
        start((run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2))));
    w7s.advance(ofMinutes(1));
    RpcRef<RawJson, Void> route =
        SHOP.rpc(
            "POST",
            "/_w7s/workflows/checkout/runs/{instance}/events",
            TypeRef.of(RawJson.class),
            TypeRef.of(Void.class));

    for (String body :
        List.of(
            "{\"name\":\"payment\",\"id\":\"1\"}",
            "{\"name\":\"payment\",\"id\":\"1\",\"value\":null}",
            "{\"name\":\"payment\",\"value\":1}",
            "{\"name\":\"pay ment\",\"id\":\"1\",\"value\":1}",
            "{\"name\":\"payment\",\"id\":\"\",\"value\":1}",
            "{\"name\":\"payment\",\"id\":\"1\",\"value\":\"" + "x".repeat(65_535) + "\"}",
            "[]")) {
      assertThatThrownBy(
              () ->
                  bank.rpc()
                      .call(
                          route,
                          RawJson.of(body),
                          call -> call.variable("instance", handle.instanceId())))
          .as(body.substring(0, Math.min(60, body.length())))
          .isInstanceOf(RpcFailedException.class)
          .hasMessageContaining("400");
    }
    assertThat(handle.status().state()).isEqualTo(State.WAITING);
  }

  @Test
  void signalsComeByRpcOnly() {
    W7sApp app = app(log, (run, steps) -> List.of());

    assertThat(
            app.handle(
                    new AppRequest(
                        "POST",
                        "/_w7s/workflows/checkout/runs/r1/events",
                        "",
                        Headers.none(),
                        "{\"name\":\"payment\",\"id\":\"1\",\"value\":1}"
                            .getBytes(StandardCharsets.UTF_8)))
                .status())
        .isEqualTo(403);
  }

  private static final SubjectRef<Payment> PAID = SubjectRef.of("payments.paid", Payment.class);

  @Test
  void anEventOfASubjectSignalsTheRunThatItsDataNames() {
    var consumed = new ArrayList<String>();
    w7s.deploy(
        W7sApp.builder(SHOP)
            .steps(log)
            .signal(CHECKOUT, PAYMENT, PAID, "payments", event -> event.data().checkout())
            .intercept(
                invocation -> {
                  consumed.add(invocation.kind().toString());
                  invocation.proceed();
                })
            .on(CHECKOUT, (run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2))))
            .build());
    WorkflowHandle<List<Integer>> handle = bank.workflows().start(CHECKOUT, "c1");
    w7s.advance(ofMinutes(1));

    bank.events().publish(PAID, new Payment(null, 1));
    bank.events().publish(PAID, new Payment(handle.instanceId(), 2), event -> event.id("e1"));
    bank.events().publish(PAID, new Payment(handle.instanceId(), 2), event -> event.id("e1"));

    assertThat(handle.await(ofMinutes(1))).containsExactly(2);
    assertThat(consumed).contains("EVENT");
  }

  @Test
  void anEventOfASubjectComesAgainUntilItsRunIsThere() {
    w7s.deploy(
        W7sApp.builder(SHOP)
            .steps(log)
            .signal(CHECKOUT, PAYMENT, PAID, "payments", event -> event.data().checkout())
            .on(CHECKOUT, (run, steps) -> cents(steps.waitForEvent(PAYMENT, ofDays(2))))
            .build());
    String instance = "production-acme-shop-checkout-c1";
    bank.events().publish(PAID, new Payment(instance, 5));
    w7s.advance(Duration.ZERO);

    WorkflowHandle<List<Integer>> handle =
        bank.workflows().start(CHECKOUT, "c1", start -> start.instanceId("c1"));

    assertThat(handle.instanceId()).isEqualTo(instance);
    assertThat(handle.await(ofDays(3))).containsExactly(5);
  }

  @Test
  void aSubjectSignalsDurableWorkflowsOnly() {
    var builder =
        W7sApp.builder(SHOP)
            .signal(CHECKOUT, PAYMENT, PAID, "payments", event -> null)
            .on(CHECKOUT, run -> List.of());

    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("workflow to signal");
  }

  @Test
  void eventsSurviveAllKillsAndEachIsTakenOnce() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  var taken = new ArrayList<Integer>();
                  w7s.deploy(
                      app(
                          log,
                          (run, steps) -> {
                            var items = new ArrayList<Integer>();
                            for (int i = 0; i < 2; i++) {
                              steps
                                  .waitForEvent("item " + i, ITEM, ofDays(1))
                                  .ifPresent(items::add);
                              int number = i;
                              steps.run("do " + i, () -> taken.add(number));
                            }
                            return items;
                          }));
                  W7s bank = w7s.as("acme/bank");
                  var handle = bank.workflows().start(CHECKOUT, "c1");
                  // before the wait, or during it; where the start was killed, it waits for the run
                  handle.signal(ITEM, 1, item -> item.id("a").timeout(ofMinutes(5)));
                  w7s.advance(ofMinutes(1));
                  handle.signal(ITEM, 1, item -> item.id("a"));
                  handle.signal(ITEM, 2, item -> item.id("b"));

                  assertThat(handle.await(ofDays(3))).containsExactly(1, 2);
                  assertThat(taken).contains(0, 1);
                })
            .run();

    assertThat(runs).isGreaterThan(150);
  }
}

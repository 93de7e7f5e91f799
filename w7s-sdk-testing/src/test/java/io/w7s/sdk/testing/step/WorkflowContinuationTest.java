package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that begin anew with another payload. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowContinuationTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> COUNT =
      SHOP.workflow("count", Integer.class, Integer.class);
  private static final RunEvent<Integer> ITEM = RunEvent.of("item", Integer.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final List<Object> happened = new ArrayList<>();

  private static W7sApp app(StepLog log, StepsHandler<Integer, Integer> body) {
    return W7sApp.builder(SHOP).steps(log).on(COUNT, body).build();
  }

  private WorkflowHandle<Integer> start(StepsHandler<Integer, Integer> body) {
    w7s.deploy(app(log, body));
    return w7s.as("acme/shop").workflows().start(COUNT, 0);
  }

  private List<StepRecord> steps(WorkflowHandle<?> handle) {
    return log.steps(new RunId(COUNT.toString(), handle.instanceId()));
  }

  @Test
  void aLoopWithoutEndKeepsItsHandleAndAShortLog() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              steps.run("count", () -> happened.add(run.payload()));
              steps.sleep("wait", ofDays(1));
              return run.payload() == 400
                  ? run.payload()
                  : steps.continueAs(COUNT, run.payload() + 1);
            });
    w7s.advance(ofDays(10).plus(ofMinutes(1)));
    assertThat(happened).hasSize(11);
    assertThat(steps(handle))
        .extracting(StepRecord::name)
        .containsExactly("w7s:continued", "count", "wait");

    assertThat(handle.await(ofDays(500))).isEqualTo(400);
    assertThat(happened).hasSize(401).doesNotHaveDuplicates();
  }

  @Test
  void eventsThatWereNotTakenAndTheStatusGoOn() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              int sum = run.payload() + steps.waitForEvent(ITEM, ofDays(9)).orElseThrow();
              steps.status("sum " + sum);
              return sum >= 60 ? sum : steps.continueAs(COUNT, sum);
            });
    handle.signal(ITEM, 10, item -> item.id("a"));
    handle.signal(ITEM, 20, item -> item.id("b"));
    w7s.advance(ofDays(1));
    assertThat(handle.progress().orElseThrow().status()).isEqualTo("sum 30");
    handle.signal(ITEM, 10, item -> item.id("a"));
    handle.signal(ITEM, 30, item -> item.id("c"));

    assertThat(handle.await(ofDays(1))).isEqualTo(60);
  }

  @Test
  void stepsOfTheSameNameHaveOtherIds() {
    RpcRef<Integer, Integer> quote = SHOP.post("/quote", Integer.class, Integer.class);
    w7s.deploy(
        W7sApp.builder(SHOP)
            .steps(log, each -> each.w7s(w7s.as("acme/shop")))
            .on(
                quote,
                request -> {
                  happened.add(request.headers().first("idempotency-key").orElseThrow());
                  return request.body();
                })
            .on(
                COUNT,
                (run, steps) -> {
                  steps.call("quote", quote, 1);
                  return run.payload() == 2 ? 2 : steps.continueAs(COUNT, run.payload() + 1);
                })
            .build());

    assertThat(w7s.as("acme/shop").workflows().start(COUNT, 0).await(ofDays(1))).isEqualTo(2);
    assertThat(happened).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void codeThatLeavesOutStepsDoesNotContinue() {
    start(
        (run, steps) -> {
          steps.run("one", () -> {});
          steps.sleep("wait", ofDays(1));
          return 1;
        });
    w7s.advance(ofMinutes(1));
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              if (run.payload() == 0 && happened.isEmpty()) {
                return steps.continueAs(COUNT, 1);
              }
              return 2;
            });
    w7s.advance(ofDays(2));

    assertThat(handle.await(ofMinutes(1))).as("a new one has no steps yet").isEqualTo(2);
    assertThat(log.untilDue(List.of(COUNT.toString())))
        .as("the old one is tried again when its code is mended")
        .isPresent();
  }

  @Test
  void whatARunContinuesAsIsCheckedAndCompensationsAreForgotten() {
    WorkflowRef<Integer, Integer> other = SHOP.workflow("other", Integer.class, Integer.class);
    WorkflowRef<String, Integer> text = SHOP.workflow("count", String.class, Integer.class);
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              if (run.payload() == 0) {
                assertThatThrownBy(() -> steps.continueAs(other, 1))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("acme/shop/other");
                assertThatThrownBy(() -> steps.continueAs(COUNT, null))
                    .isInstanceOf(InvalidInputException.class);
                assertThatThrownBy(() -> steps.continueAs(text, "x".repeat(65_535)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("65537 bytes");
                assertThatThrownBy(() -> steps.run("w7s:continued", () -> {}))
                    .isInstanceOf(InvalidInputException.class);
                steps.compensate("undo", () -> happened.add("undo"));
                return steps.continueAs(COUNT, 1);
              }
              throw Reject.permanently("no");
            });

    assertThatThrownBy(() -> handle.await(ofDays(1)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("no");
    assertThat(happened).isEmpty();
  }

  @Test
  void continuationsSurviveAllKillsAndEachIsOne() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  var rounds = new ArrayList<Integer>();
                  w7s.deploy(
                      app(
                          log,
                          (run, steps) -> {
                            steps.run("count", () -> rounds.add(run.payload()));
                            return run.payload() == 2
                                ? run.payload()
                                : steps.continueAs(COUNT, run.payload() + 1);
                          }));
                  var handle = w7s.as("acme/shop").workflows().start(COUNT, 0);

                  assertThat(handle.await(ofDays(1))).isEqualTo(2);
                  assertThat(rounds.stream().distinct()).containsExactly(0, 1, 2);
                  assertThat(log.steps(new RunId(COUNT.toString(), handle.instanceId())))
                      .extracting(step -> step.kind().name())
                      .containsExactly("CONTINUED", "RUN");
                })
            .run();

    assertThat(runs).isGreaterThan(100);
  }
}

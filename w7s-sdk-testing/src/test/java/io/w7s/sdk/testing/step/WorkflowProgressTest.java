package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.workflow.RunProgress;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs say of themselves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowProgressTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> SHIP =
      SHOP.workflow("ship", Integer.class, Integer.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final W7s shop = w7s.as("acme/shop");

  private WorkflowHandle<Integer> start(StepLog log, StepsHandler<Integer, Integer> body) {
    w7s.deploy(W7sApp.builder(SHOP).steps(log).on(SHIP, body).build());
    return shop.workflows().start(SHIP, 2);
  }

  private static String text(Optional<RunProgress> progress) {
    return progress
        .map(each -> each.status() + (each.done().isPresent() ? each.done().getAsDouble() : ""))
        .orElse("none");
  }

  @Test
  void theHandleSeesWhatTheRunSaysWhileItRunsWaitsAndHasEnded() {
    var seen = new ArrayList<String>();
    var handle = new ArrayList<WorkflowHandle<Integer>>();
    handle.add(
        start(
            log,
            (run, steps) -> {
              steps.status("packing");
              steps.run("pack", () -> seen.add(text(handle.get(0).progress())));
              steps.status("waiting for the van", 0.5);
              steps.sleep("wait", ofDays(1));
              steps.run(
                  "load",
                  () -> {
                    steps.status("loading", 0.75);
                    seen.add(text(handle.get(0).progressAsync().join()));
                  });
              steps.status("on its way", 1);
              return 1;
            }));
    assertThat(handle.get(0).progress()).isEmpty();

    w7s.advance(ofMinutes(1));
    assertThat(handle.get(0).progress())
        .contains(
            new RunProgress(
                "waiting for the van", OptionalDouble.of(0.5), InMemoryW7s.DEFAULT_START));
    handle.get(0).await(ofDays(2));

    assertThat(seen).containsExactly("packing", "loading0.75");
    assertThat(text(handle.get(0).progress())).isEqualTo("on its way1.0");
  }

  @Test
  void aBodyThatRunsAgainSaysNothingUntilItIsWhereItWasNotBefore() {
    var said = new ArrayList<String>();
    var listening =
        new ForwardingStepLog(log) {
          @Override
          public void writeProgress(HeldRun run, RunProgress progress) {
            said.add(progress.status());
            super.writeProgress(run, progress);
          }
        };
    WorkflowHandle<Integer> handle =
        start(
            listening,
            (run, steps) -> {
              for (int i = 0; i < 3; i++) {
                steps.status("round " + i);
                steps.run("step " + i, () -> {});
                steps.sleep("wait " + i, ofSeconds(1));
              }
              return 1;
            });
    handle.await(ofDays(1));

    assertThat(said).containsExactly("round 0", "round 1", "round 2");
  }

  @Test
  void thereIsNoProgressOfWhatIsNotThere() {
    WorkflowHandle<Integer> silent = start(log, (run, steps) -> 1);
    silent.await(ofMinutes(1));
    assertThat(silent.progress()).isEmpty();
    assertThat(silent.progressAsync().join()).isEmpty();
    w7s.deploy(W7sApp.builder(SHOP).on(SHIP, run -> 1).build());

    assertThat(silent.progress()).as("not durable").isEmpty();
    assertThat(silent.progressAsync().join()).isEmpty();
  }

  @Test
  void whoHasLostItsLeaseSaysNothing() {
    var stalled =
        new ForwardingStepLog(log) {
          @Override
          public boolean renew(HeldRun run, Duration lease) {
            return true;
          }
        };
    var lost = new ArrayList<LeaseLostException>();
    WorkflowHandle<Integer> handle =
        start(
            stalled,
            (run, steps) -> {
              if (lost.isEmpty()) {
                w7s.time().sleep(ofMinutes(1));
                HeldRun taken = log.takeDue(List.of(SHIP.toString()), ofSeconds(30)).orElseThrow();
                log.writeProgress(
                    taken, new RunProgress("of another", OptionalDouble.empty(), w7s.now()));
                log.suspend(taken, taken.now().plus(ofDays(1)), 0, null);
                try {
                  steps.status("of a dead one");
                } catch (LeaseLostException expected) {
                  lost.add(expected);
                }
              }
              return 1;
            });
    w7s.advance(ofMinutes(5));

    assertThat(lost).hasSize(1);
    assertThat(text(handle.progress())).isEqualTo("of another");
  }

  @Test
  void whatIsSaidIsChecked() {
    var kept = new ArrayList<Steps>();
    WorkflowHandle<Integer> handle =
        start(
            log,
            (run, steps) -> {
              kept.add(steps);
              for (Runnable bad :
                  List.<Runnable>of(
                      () -> steps.status(""),
                      () -> steps.status("x".repeat(201)),
                      () -> steps.status("a\nb"),
                      () -> steps.status("a", 1.01),
                      () -> steps.status("a", -0.01),
                      () -> steps.status("a", Double.NaN))) {
                assertThatThrownBy(bad::run).isInstanceOf(InvalidInputException.class);
              }
              steps.status("x".repeat(200), 0);
              return 1;
            });
    handle.await(ofMinutes(1));

    assertThat(text(handle.progress())).isEqualTo("x".repeat(200) + "0.0");
    assertThatThrownBy(() -> kept.get(0).status("late")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theLastStatusSurvivesAllKills() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  W7sApp app =
                      W7sApp.builder(SHOP)
                          .steps(log)
                          .on(
                              SHIP,
                              (run, steps) -> {
                                steps.status("packing", 0);
                                steps.run("pack", () -> {});
                                steps.status("loading", 0.5);
                                steps.run("load", () -> {});
                                steps.status("done", 1);
                                return 1;
                              })
                          .build();
                  w7s.deploy(app);
                  var handle = w7s.as("acme/shop").workflows().start(SHIP, 1);
                  assertThat(handle.await(ofMinutes(5))).isEqualTo(1);
                  assertThat(text(handle.progress())).isEqualTo("done1.0");
                })
            .run();

    assertThat(runs).isGreaterThan(80);
  }
}

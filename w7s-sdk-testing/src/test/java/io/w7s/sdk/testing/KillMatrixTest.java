package io.w7s.sdk.testing;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KillMatrixTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> COUNT =
      SHOP.workflow("count", Integer.class, Integer.class);

  private static W7sApp app(StepLog log, StepsHandler<Integer, Integer> body) {
    return W7sApp.builder(SHOP).steps(log).on(COUNT, body).build();
  }

  private static WorkflowHandle<Integer> start(InMemoryW7s w7s, W7sApp app) {
    w7s.deploy(app);
    return w7s.as("acme/shop").workflows().start(COUNT, 10);
  }

  @Test
  void tenStepsSurviveAllKillsAndAllPairsOfKills() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  var effects = new ArrayList<Integer>();
                  var returned = new ArrayList<List<Integer>>();
                  WorkflowHandle<Integer> handle =
                      start(
                          w7s,
                          app(
                              log,
                              (run, steps) -> {
                                var values = new ArrayList<Integer>();
                                returned.add(values);
                                for (int i = 0; i < run.payload(); i++) {
                                  int number = i;
                                  values.add(
                                      steps.run(
                                          "step " + i,
                                          Integer.class,
                                          () -> {
                                            effects.add(number);
                                            return 100 * number + effects.size();
                                          }));
                                }
                                return values.stream().mapToInt(each -> each).sum();
                              }));

                  int result = handle.await(ofMinutes(5));

                  List<StepRecord> recorded =
                      log.steps(new RunId(COUNT.toString(), handle.instanceId()));
                  List<Integer> values =
                      recorded.stream().map(each -> Integer.parseInt(each.value().text())).toList();
                  assertThat(new LinkedHashSet<>(effects))
                      .containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
                  assertThat(values).hasSize(10);
                  assertThat(result).isEqualTo(values.stream().mapToInt(each -> each).sum());
                  assertThat(returned)
                      .as("no attempt has seen a value that is not in the log")
                      .allSatisfy(
                          seen -> assertThat(seen).isEqualTo(values.subList(0, seen.size())));
                })
            .run();

    // Ten steps, the start and the end: 24 places. A kill makes one write more, the takeover, and
    // another one, the one that it came before; so there are 68 pairs more than 24 * 23 / 2.
    assertThat(runs).isEqualTo(1 + 24 + 276 + 68);
  }

  @Test
  void waitsRetriesAndCompensationsSurviveAllKills() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  var effects = new ArrayList<String>();
                  var attempts = new AtomicInteger();
                  WorkflowHandle<Integer> handle =
                      start(
                          w7s,
                          app(
                              log,
                              (run, steps) -> {
                                steps.compensate("undo", () -> effects.add("undo"));
                                steps.run(
                                    "flaky",
                                    () -> {
                                      if (attempts.incrementAndGet() == 1) {
                                        throw new IllegalStateException("once");
                                      }
                                      effects.add("do");
                                    });
                                steps.sleep("wait", ofMinutes(10));
                                throw Reject.permanently("no");
                              }));

                  assertThatThrownBy(() -> handle.await(ofDays(2)))
                      .isInstanceOf(WorkflowFailedException.class)
                      .hasMessageContaining("no");
                  assertThat(effects).startsWith("do").endsWith("undo");
                  assertThat(
                          log.status(new RunId(COUNT.toString(), handle.instanceId()))
                              .orElseThrow()
                              .state())
                      .isEqualTo(RunStatus.State.FAILED);
                })
            .run();

    assertThat(runs).isGreaterThan(200);
  }

  @Test
  void theSecondKillIsAlsoAtEachWriteOfWhoeverTookOver() {
    var most = new AtomicInteger();

    KillMatrix.of(
            (w7s, log) -> {
              var atTheEnd = new AtomicInteger();
              WorkflowHandle<Integer> handle =
                  start(
                      w7s,
                      app(
                          log,
                          (run, steps) -> {
                            steps.run("a", () -> {});
                            return atTheEnd.incrementAndGet();
                          }));
              handle.await(ofMinutes(5));
              most.accumulateAndGet(atTheEnd.get(), Math::max);
            })
        .run();

    assertThat(most).as("killed twice before the end was written").hasValue(3);
  }

  @Test
  void anEffectThatIsNotMeantToComeTwiceIsFound() {
    KillMatrix matrix =
        KillMatrix.of(
            (w7s, log) -> {
              var charged = new AtomicInteger();
              WorkflowHandle<Integer> handle =
                  start(
                      w7s,
                      app(
                          log,
                          (run, steps) ->
                              steps.run("charge", Integer.class, charged::incrementAndGet)));
              handle.await(ofMinutes(5));
              assertThat(charged).hasValue(1);
            });

    assertThatThrownBy(matrix::run)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("failed when killed")
        .hasMessageContaining("before step \"charge\" is DONE");
  }

  @Test
  void aScenarioThatFailsByItselfIsSaidToDoSo() {
    KillMatrix matrix =
        KillMatrix.of(
            (w7s, log) -> {
              throw new IllegalStateException("broken");
            });

    assertThatThrownBy(matrix::run).hasMessage("failed without a kill: broken");
  }
}

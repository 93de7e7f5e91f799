package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.ForkedRuns;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunDetails;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStateException;
import io.w7s.sdk.step.RunStatus.State;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOptions;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be done with the runs of durable workflows from outside. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowRunsTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> CHECKOUT =
      SHOP.workflow("checkout", Integer.class, Integer.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final List<String> happened = new ArrayList<>();
  private final Set<String> broken = new HashSet<>();
  private WorkflowRuns runs;

  private void deploy(StepsHandler<Integer, Integer> body) {
    W7sApp app = W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build();
    w7s.deploy(app);
    runs = app.runs();
  }

  private WorkflowHandle<Integer> start() {
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 1);
    w7s.advance(ofMinutes(1));
    return handle;
  }

  private static RunId id(WorkflowHandle<?> handle) {
    return RunId.of(CHECKOUT, handle.instanceId());
  }

  private RunDetails find(RunId run) {
    return runs.find(run).orElseThrow();
  }

  private State state(RunId run) {
    return find(run).info().state();
  }

  /** Does something, unless it is broken. */
  private int does(String what) {
    happened.add(what);
    if (broken.contains(what)) {
      throw new IllegalStateException(what + " is broken");
    }
    return happened.size();
  }

  private static void once(StepOptions options) {
    options.retry(RetryPolicy.none());
  }

  private static void daily(StepOptions options) {
    options.retry(RetryPolicy.standard().backoff(new Backoff(ofDays(1), 1, ofDays(1), 0)));
  }

  // ---- Status

  @Test
  void theStatusOfARunThatIsTriedAgainSaysWhereItIsAndWhy() {
    broken.add("charge");
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> does("reserve"));
          return steps.run("charge", Integer.class, WorkflowRunsTest::daily, () -> does("charge"));
        });
    RunId run = id(start());
    w7s.advance(ofDays(1));
    Instant now = w7s.now();

    RunDetails found = find(run);

    assertThat(found.info().state()).isEqualTo(State.WAITING);
    assertThat(found.currentStep().orElseThrow().name()).isEqualTo("charge");
    assertThat(found.currentStep().orElseThrow().attempts()).isEqualTo(2);
    assertThat(found.lastError())
        .hasValueSatisfying(e -> assertThat(e).contains("charge is broken"));
    assertThat(found.nextWake()).hasValueSatisfying(wake -> assertThat(wake).isAfter(now));
    assertThat(found.finishedSteps()).extracting(StepRecord::name).containsExactly("reserve");
    assertThat(found.finishedSteps().get(0).at()).isBefore(now);
    assertThat(found.finishedSteps().get(0).attempts()).isEqualTo(1);
  }

  @Test
  void theStatusIsThereWhileTheProcessOfTheRunIsDead() {
    RunId run = RunId.of(CHECKOUT, "prod-1");
    var begun = new NewRun(run, RawJson.of("1"), null, null);
    HeldRun held = log.start(begun, ofSeconds(30)).orElseThrow();
    log.write(
        held,
        new StepRecord(
            0,
            "reserve",
            StepRecord.Kind.RUN,
            "",
            StepRecord.State.DONE,
            1,
            null,
            null,
            held.now(),
            null));
    w7s.advance(ofDays(1));

    RunDetails found = WorkflowRuns.of(log, CHECKOUT).find(run).orElseThrow();

    assertThat(found.info().state()).isEqualTo(State.RUNNING);
    assertThat(found.info().dueAt()).isEqualTo(held.now().plusSeconds(30));
    assertThat(found.currentStep()).isEmpty();
    assertThat(found.finishedSteps()).hasSize(1);
  }

  // ---- Cancel and terminate

  @Test
  void aRunThatWaitsEndsAtOnceWhenItIsCancelledAndIsCompensated() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> does("reserve"));
          steps.compensate("release", () -> does("release"));
          steps.sleep("wait", ofDays(9));
          return steps.run("charge", Integer.class, () -> does("charge"));
        });
    WorkflowHandle<Integer> handle = start();

    runs.cancel(id(handle), "no longer wanted");

    assertThatThrownBy(() -> handle.await(ofMinutes(1)))
        .isInstanceOfSatisfying(
            WorkflowFailedException.class,
            failed -> {
              assertThat(failed.state()).isEqualTo("terminated");
              assertThat(failed.getMessage()).contains("no longer wanted");
            });
    assertThat(happened).containsExactly("reserve", "release");
    assertThat(handle.status().state()).isEqualTo(WorkflowStatus.State.TERMINATED);
    assertThat(state(id(handle))).isEqualTo(State.CANCELLED);
  }

  @Test
  void aStepThatHasBegunEndsAndTheNextOneDoesNotBegin() {
    deploy(
        (run, steps) -> {
          steps.run(
              "reserve",
              () -> {
                does("reserve");
                runs.cancel(RunId.of(CHECKOUT, run.instanceId()), "while it is running");
              });
          steps.compensate("release", () -> does("release"));
          return steps.run("charge", Integer.class, () -> does("charge"));
        });

    RunId run = id(start());

    assertThat(happened).containsExactly("reserve", "release");
    assertThat(state(run)).isEqualTo(State.CANCELLED);
    assertThat(find(run).info().error()).isEqualTo("while it is running");
  }

  @Test
  void aStepThatWaitsForItsNextAttemptIsNotTriedAgain() {
    broken.add("charge");
    deploy(
        (run, steps) -> {
          steps.compensate("release", () -> does("release"));
          return steps.run("charge", Integer.class, WorkflowRunsTest::daily, () -> does("charge"));
        });
    RunId run = id(start());

    runs.cancel(run, "why");
    w7s.advance(ofSeconds(1));

    assertThat(happened).containsExactly("charge", "release");
    assertThat(state(run)).isEqualTo(State.CANCELLED);
  }

  @Test
  void aCompensationOfACancelledRunIsTriedAgain() {
    deploy(
        (run, steps) -> {
          steps.compensate(
              "release",
              () -> {
                if (happened.isEmpty()) {
                  happened.add("busy");
                  throw new IllegalStateException("busy");
                }
                does("release");
              });
          steps.sleep("wait", ofDays(9));
          return 1;
        });
    RunId run = id(start());

    runs.cancel(run, "why");
    w7s.advance(ofMinutes(10));

    assertThat(happened).containsExactly("busy", "release");
    assertThat(state(run)).isEqualTo(State.CANCELLED);
  }

  @Test
  void aRunWhoseBodyThrowsOutsideOfItsStepsCanBeCancelled() {
    deploy(
        (run, steps) -> {
          steps.compensate("release", () -> does("release"));
          throw new IllegalStateException("broken");
        });
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 1);
    w7s.advance(ofSeconds(1));

    runs.cancel(id(handle), "why");
    w7s.advance(ofSeconds(1));

    assertThat(happened).containsExactly("release");
    assertThat(state(id(handle))).isEqualTo(State.CANCELLED);
  }

  @Test
  void aCancelledRunIsCompensatedWhereverItsProcessIsKilled() {
    int times =
        KillMatrix.of(
                (w7s, log) -> {
                  var released = new ArrayList<String>();
                  W7sApp app =
                      W7sApp.builder(SHOP)
                          .steps(log)
                          .on(
                              CHECKOUT,
                              (run, steps) -> {
                                steps.run("reserve", () -> {});
                                steps.compensate("release", () -> released.add("release"));
                                steps.sleep("wait", ofDays(9));
                                return 1;
                              })
                          .build();
                  w7s.deploy(app);
                  var handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 1);
                  w7s.advance(ofDays(1));

                  app.runs().cancel(id(handle), "why");
                  w7s.advance(ofDays(1));

                  assertThat(released).isNotEmpty();
                  assertThat(app.runs().find(id(handle)).orElseThrow().info().state())
                      .isEqualTo(State.CANCELLED);
                })
            .run();
    assertThat(times).isGreaterThan(100);
  }

  @Test
  void aRunThatFailsAlreadyEndsAsFailed() {
    deploy(
        (run, steps) -> {
          steps.compensate(
              "release",
              () -> {
                does("release");
                if (happened.size() == 1) {
                  throw new IllegalStateException("busy");
                }
              });
          throw Reject.permanently("out of stock");
        });
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 1);
    w7s.advance(Duration.ofMillis(100));
    assertThat(happened).hasSize(1);

    runs.cancel(id(handle), "why");
    w7s.advance(ofMinutes(10));

    assertThat(state(id(handle))).isEqualTo(State.FAILED);
    assertThat(find(id(handle)).info().error()).isEqualTo("out of stock");
  }

  @Test
  void aRunThatHasEndedCannotBeCancelled() {
    deploy((run, steps) -> 1);
    RunId run = id(start());

    assertThatThrownBy(() -> runs.cancel(run, "why"))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("COMPLETE");
    assertThatThrownBy(() -> runs.terminate(run, "why")).isInstanceOf(RunStateException.class);
    assertThatThrownBy(() -> runs.cancel(RunId.of(CHECKOUT, "none"), "why"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> runs.cancel(new RunId("acme/web/other", "none"), "why"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/shop/checkout");
  }

  @Test
  void aRunWhoseCodeHasChangedCanBeTerminated() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> does("reserve"));
          steps.compensate("release", () -> does("release"));
          steps.sleep("wait", ofDays(1));
          return 1;
        });
    WorkflowHandle<Integer> handle = start();
    deploy((run, steps) -> steps.run("another", Integer.class, () -> does("another")));
    runs.cancel(id(handle), "why");
    w7s.advance(ofMinutes(1));
    assertThat(state(id(handle))).isEqualTo(State.WAITING);
    assertThat(find(id(handle)).lastError().orElseThrow()).contains("does not go on at step 1");

    runs.terminate(id(handle), "its code is gone");

    assertThat(state(id(handle))).isEqualTo(State.CANCELLED);
    assertThatThrownBy(() -> handle.await(ofSeconds(1))).hasMessageContaining("its code is gone");
    assertThat(happened).containsExactly("reserve");
  }

  // ---- Retry and fork

  private void deployReserveAndCharge() {
    deploy(
        (run, steps) -> {
          int reserved = steps.run("reserve", Integer.class, () -> does("reserve"));
          steps.sleep("wait", ofDays(1));
          return reserved
              + steps.run("charge", Integer.class, WorkflowRunsTest::once, () -> does("charge"));
        });
  }

  @Test
  void aRetryKeepsWhatWasDoneAndRunsWhatFailed() {
    broken.add("charge");
    deployReserveAndCharge();
    WorkflowHandle<Integer> handle = start();
    w7s.advance(ofDays(2));
    assertThat(state(id(handle))).isEqualTo(State.FAILED);

    runs.retry(id(handle));
    w7s.advance(ofMinutes(1));
    assertThat(state(id(handle))).as("still broken").isEqualTo(State.FAILED);
    broken.clear();
    runs.retry(id(handle));

    assertThat(handle.await(ofMinutes(1))).isEqualTo(1 + 4);
    assertThat(happened).containsExactly("reserve", "charge", "charge", "charge");
  }

  @Test
  void whoeverAsksForARunSeesThatItIsTriedAgainAlsoIfItFailedAtOnce() {
    broken.add("charge");
    deploy(
        (run, steps) ->
            steps.run("charge", Integer.class, WorkflowRunsTest::once, () -> does("charge")));
    WorkflowHandle<Integer> handle = start();
    WorkflowHandle<Integer> another =
        w7s.as("acme/web").workflows().handle(CHECKOUT, handle.instanceId());
    assertThat(handle.status().state()).isEqualTo(WorkflowStatus.State.ERRORED);
    assertThatThrownBy(() -> handle.await(ofMinutes(1)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("charge is broken");

    broken.clear();
    runs.retry(id(handle));

    assertThat(another.awaitAsync(ofMinutes(1)).join()).isEqualTo(2);
    assertThat(handle.await(ofMinutes(1))).isEqualTo(2);
    assertThat(handle.status().state()).isEqualTo(WorkflowStatus.State.COMPLETE);
    assertThat(handle.statusAsync().join().state()).isEqualTo(WorkflowStatus.State.COMPLETE);
  }

  @Test
  void aRunThatFailedAtOnceIsKnownToHaveFailedWhenItsAppKnowsItNoMore() {
    broken.add("charge");
    deploy(
        (run, steps) ->
            steps.run("charge", Integer.class, WorkflowRunsTest::once, () -> does("charge")));
    WorkflowHandle<Integer> handle = start();

    assertThat(runs.deleteEnded(Duration.ZERO)).isEqualTo(1);
    for (int i = 0; i < 2; i++) {
      assertThat(handle.status().state()).isEqualTo(WorkflowStatus.State.ERRORED);
      assertThat(handle.statusAsync().join().error())
          .hasValueSatisfying(error -> assertThat(error).contains("charge is broken"));
    }
    WorkflowHandle<Integer> another =
        w7s.as("acme/web").workflows().handle(CHECKOUT, handle.instanceId());
    another.status();
    w7s.undeploy("acme/shop");
    assertThat(another.status().state()).isEqualTo(WorkflowStatus.State.ERRORED);
  }

  @Test
  void aRetryKeepsAFailureThatTheBodyHasCaught() {
    broken.addAll(List.of("first", "last"));
    deploy(
        (run, steps) -> {
          try {
            steps.run("first", WorkflowRunsTest::once, () -> does("first"));
          } catch (RuntimeException caught) {
            steps.run("instead", () -> does("instead"));
          }
          steps.run("last", WorkflowRunsTest::once, () -> does("last"));
          return 1;
        });
    RunId run = id(start());

    runs.retry(run);
    w7s.advance(ofMinutes(1));

    assertThat(happened).containsExactly("first", "instead", "last", "last");
  }

  @Test
  void aRunThatWasTerminatedForTheReasonOfItsCancellationUndoesTheRest() {
    var stuck = new AtomicBoolean(true);
    deploy(
        (run, steps) -> {
          steps.compensate(
              "first",
              () -> {
                does("first");
                if (stuck.get()) {
                  throw Retry.after(ofDays(9));
                }
              });
          steps.compensate("second", () -> does("second"));
          steps.sleep("long", ofDays(9));
          return 1;
        });
    RunId run = id(start());
    runs.cancel(run, "customer left");
    w7s.advance(ofSeconds(1));
    runs.terminate(run, "customer left");
    assertThat(runs.find(run).orElseThrow().info().error()).isEqualTo("terminated: customer left");

    stuck.set(false);
    runs.retry(run);
    w7s.advance(ofMinutes(1));

    assertThat(happened).containsExactly("second", "first", "first");
    assertThat(runs.find(run).orElseThrow().info().error()).isEqualTo("customer left");
  }

  @Test
  void aRunThatWasTerminatedCanGoOn() {
    deployReserveAndCharge();
    WorkflowHandle<Integer> handle = start();
    runs.terminate(id(handle), "by mistake");

    runs.retry(id(handle));

    assertThat(handle.await(ofDays(2))).isEqualTo(3);
    assertThat(happened).containsExactly("reserve", "charge");
  }

  @Test
  void aRunThatWasCompensatedIsNotTriedAgain() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> does("reserve"));
          steps.compensate("release", () -> does("release"));
          throw Reject.permanently("declined");
        });
    RunId run = id(start());

    assertThatThrownBy(() -> runs.retry(run))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("compensation \"release\" has run");
    assertThatThrownBy(() -> runs.forkFromFailure(run, "again"))
        .isInstanceOf(RunStateException.class);

    RunId fork = runs.fork(run, "reserve", "again");
    w7s.advance(ofMinutes(1));
    assertThat(happened).containsExactly("reserve", "release", "reserve", "release");
    assertThat(state(fork)).isEqualTo(State.FAILED);
  }

  @Test
  void aRetryRunsTheCompensationThatFailedAndKeepsThoseThatAreDone() {
    broken.add("two");
    deploy(
        (run, steps) -> {
          for (String each : List.of("one", "two", "three")) {
            steps.compensate(each, WorkflowRunsTest::once, () -> does(each));
          }
          throw Reject.permanently("declined");
        });
    RunId run = id(start());
    assertThat(find(run).info().error()).startsWith("declined; step \"two\"");
    assertThatThrownBy(() -> runs.forkFromFailure(run, "again"))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("its compensations are not done");

    broken.clear();
    runs.retry(run);
    w7s.advance(ofMinutes(1));

    assertThat(happened).containsExactly("three", "two", "one", "two");
    assertThat(state(run)).isEqualTo(State.FAILED);
    assertThat(find(run).info().error()).isEqualTo("declined");
    assertThat(find(run).steps())
        .extracting(StepRecord::name)
        .containsExactly("w7s:failure", "three", "two", "one");
    assertThatThrownBy(() -> runs.retry(run)).isInstanceOf(RunStateException.class);
  }

  @Test
  void aRunThatWasTerminatedInItsCompensationsGoesOnWithThem() {
    broken.add("release");
    deploy(
        (run, steps) -> {
          steps.compensate("close", () -> does("close"));
          steps.compensate("release", WorkflowRunsTest::daily, () -> does("release"));
          steps.compensate("refund", () -> does("refund"));
          throw Reject.permanently("declined");
        });
    RunId run = id(start());
    runs.terminate(run, "by mistake");

    broken.clear();
    runs.retry(run);
    w7s.advance(ofMinutes(1));

    assertThat(happened).containsExactly("refund", "release", "release", "close");
    assertThat(state(run)).isEqualTo(State.FAILED);
    assertThat(find(run).info().error()).isEqualTo("declined");
  }

  @Test
  void onlyWhatHasFailedIsTriedAgain() {
    deployReserveAndCharge();
    RunId run = id(start());
    assertThatThrownBy(() -> runs.retry(run))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("WAITING");
    w7s.advance(ofDays(2));
    assertThatThrownBy(() -> runs.retry(run))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("COMPLETE");
  }

  @Test
  void aForkGoesOnFromAStepAndTheOldRunStaysAsItWas() {
    deployReserveAndCharge();
    RunId run = id(start());
    w7s.advance(ofDays(2));
    RunDetails before = find(run);

    RunId fork = runs.fork(run, "charge", "again");
    assertThat(runs.fork(run, "charge", "again")).as("is there").isEqualTo(fork);
    w7s.advance(ofMinutes(1));

    assertThat(fork.instance()).isEqualTo(run.instance() + ".again");
    assertThat(find(fork).info().state()).isEqualTo(State.COMPLETE);
    assertThat(find(fork).info().forkedFrom()).isEqualTo(run.instance());
    assertThat(happened).containsExactly("reserve", "charge", "charge");
    assertThat(find(run).info()).isEqualTo(before.info());
    assertThat(find(run).steps()).isEqualTo(before.steps());
    assertThatThrownBy(() -> runs.fork(run, "none", "again"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> runs.fork(run, "charge", "a/b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("label");
  }

  @Test
  void aRunThatChangesWhileItIsForkedIsRefused() {
    broken.add("charge");
    deployReserveAndCharge();
    RunId run = id(start());
    w7s.advance(ofDays(2));
    var changing =
        new ForwardingStepLog(log) {
          @Override
          public List<StepRecord> steps(RunId read) {
            List<StepRecord> steps = super.steps(read);
            if (state(read) == State.FAILED) {
              runs.retry(read);
            }
            return steps;
          }
        };
    WorkflowRuns reading = WorkflowRuns.of(changing, CHECKOUT);

    assertThatThrownBy(() -> reading.forkFromFailure(run, "again"))
        .isInstanceOf(RunStateException.class)
        .hasMessageContaining("it was changed at the same time");
    w7s.advance(ofMinutes(1));
    ForkedRuns forks = reading.forkFromFailure(RunQuery.all().state(State.FAILED), "again");

    assertThat(forks.forked()).isEmpty();
    assertThat(forks.refused()).containsOnlyKeys(run);
    assertThat(runs.list(RunQuery.all())).extracting(RunInfo::id).containsExactly(run);
  }

  @Test
  void manyRunsAreForkedFromTheirFailuresAndOnlyOnce() {
    broken.add("charge");
    deployReserveAndCharge();
    for (int i = 0; i < 12; i++) {
      start();
    }
    w7s.advance(ofDays(2));
    RunQuery failed = RunQuery.all().state(State.FAILED);
    assertThat(runs.list(failed)).hasSize(12);
    broken.clear();
    happened.clear();

    ForkedRuns forks = runs.forkFromFailure(failed, "again");
    runs.forkFromFailure(failed, "again");
    w7s.advance(ofMinutes(1));

    assertThat(forks.forked()).hasSize(12);
    assertThat(forks.refused()).isEmpty();
    assertThat(happened).hasSize(12).containsOnly("charge");
    assertThat(runs.list(RunQuery.all().state(State.COMPLETE))).hasSize(12);
    assertThat(runs.list(failed)).as("stay").hasSize(12);
  }

  @Test
  void aForkThatHasFailedAsWellIsNotForkedByTheSameLabel() {
    broken.add("charge");
    deployReserveAndCharge();
    RunId run = id(start());
    w7s.advance(ofDays(2));
    RunQuery failed = RunQuery.all().state(State.FAILED);
    RunId fork = runs.forkFromFailure(failed, "again").forked().get(run);
    w7s.advance(ofDays(2));
    assertThat(state(fork)).isEqualTo(State.FAILED);

    assertThat(runs.forkFromFailure(failed, "again").forked()).containsOnlyKeys(run);
    assertThat(runs.forkFromFailure(failed, "once-more").forked()).containsOnlyKeys(run, fork);
  }

  // ---- Lists and retention

  @Test
  void aStreamHasAllPages() {
    deploy((run, steps) -> 1);
    for (int i = 0; i < 7; i++) {
      start();
    }

    assertThat(runs.stream(RunQuery.all().limit(2)).map(RunInfo::id).distinct()).hasSize(7);
    assertThat(runs.stream(RunQuery.all().workflow(CHECKOUT).limit(7))).hasSize(7);
    assertThatThrownBy(() -> runs.list(RunQuery.all().workflow("acme/web/other")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RunQuery.all().limit(0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RunQuery.all().limit(1_001)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void whatEndedLongAgoIsDeleted() {
    deploy((run, steps) -> steps.run("a", Integer.class, () -> does("a")));
    for (int i = 0; i < 450; i++) {
      w7s.as("acme/shop").workflows().start(CHECKOUT, 1);
      w7s.advance(ofSeconds(10)); // at most 50 may be active
    }
    w7s.advance(ofDays(30));
    RunId late = id(start());

    assertThat(runs.deleteEnded(ofDays(7))).isEqualTo(450);
    assertThat(runs.stream(RunQuery.all()).map(RunInfo::id)).containsExactly(late);
    assertThatThrownBy(() -> runs.deleteEnded(ofDays(-1)))
        .isInstanceOf(InvalidInputException.class);
  }

  // ---- Together with events and branches

  private static final RunEvent<Integer> PAYMENT = RunEvent.of("payment", Integer.class);

  @Test
  void aRunThatWaitsForAnEventEndsAtOnceWhenItIsCancelledAndIsCompensated() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> does("reserve"));
          steps.compensate("release", () -> does("release"));
          return steps.waitForEvent(PAYMENT, ofDays(2)).orElse(0);
        });
    WorkflowHandle<Integer> handle = start();

    runs.cancel(id(handle), "not needed");
    w7s.advance(ofSeconds(2));

    assertThat(state(id(handle))).isEqualTo(State.CANCELLED);
    assertThat(happened).containsExactly("reserve", "release");
  }

  @Test
  void aRetryRunsTheBranchThatFailedAndKeepsThoseBesideIt() {
    broken.add("card");
    deploy(
        (run, steps) -> {
          Branch<Integer> stock = Branch.of("stock", Integer.class, () -> does("stock"));
          Branch<Integer> card =
              Branch.of("card", Integer.class, WorkflowRunsTest::once, () -> does("card"));
          Branch<Integer> mail = Branch.of("mail", Integer.class, () -> does("mail"));
          return steps.all("prepare", stock, card, mail).get(card);
        });
    RunId run = id(start());
    assertThat(state(run)).isEqualTo(State.FAILED);
    RunId fork = runs.forkFromFailure(run, "again");
    broken.clear();

    runs.retry(run);
    w7s.advance(ofSeconds(2));

    assertThat(state(run)).isEqualTo(State.COMPLETE);
    assertThat(state(fork)).isEqualTo(State.COMPLETE);
    assertThat(happened).containsExactlyInAnyOrder("stock", "card", "mail", "card", "card");
  }

  @Test
  void aRunThatBeginsAnewEndsWhenItIsCancelled() {
    deploy(
        (run, steps) -> {
          steps.sleep("a day", ofDays(1));
          return steps.continueAs(CHECKOUT, run.payload() + 1);
        });
    RunId run = id(start());
    w7s.advance(ofDays(3));

    runs.cancel(run, "enough");
    w7s.advance(ofSeconds(2));

    assertThat(state(run)).isEqualTo(State.CANCELLED);
  }

  @Test
  void runsAreCountedByTheStatesThatAreAskedFor() {
    deploy((run, steps) -> run.payload());
    start();
    start();

    assertThat(runs.count(Set.of(State.COMPLETE))).isEqualTo(Map.of(State.COMPLETE, 2L));
    assertThat(runs.count(Set.of(State.FAILED))).isEqualTo(Map.of(State.FAILED, 0L));
    assertThatThrownBy(() -> runs.count(Set.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("states");
  }
}

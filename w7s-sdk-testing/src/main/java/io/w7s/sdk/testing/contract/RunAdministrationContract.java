package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunAdministration.Kept;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a log must do for those who look after its runs; see {@link StepLogContract}. */
abstract class RunAdministrationContract extends StepLogTests {

  private final StepLogTests tests;

  /** Tests the log of other tests. */
  RunAdministrationContract(StepLogTests tests) {
    this.tests = tests;
  }

  @Override
  protected StepLog log() {
    return tests.log();
  }

  @Override
  protected void pass(Duration time) {
    tests.pass(time);
  }

  private RunAdministration administration() {
    return log().administration();
  }

  private RunInfo info(HeldRun run) {
    return administration().find(run.id()).orElseThrow();
  }

  private List<String> listed(RunQuery query) {
    return administration().list(workflows, query).stream()
        .map(run -> run.id().instance())
        .toList();
  }

  @Test
  void aRunIsFoundWithItsTimes() {
    HeldRun run = start("r1");

    assertThat(info(run))
        .isEqualTo(
            new RunInfo(
                run.id(),
                RunStatus.State.RUNNING,
                run.epoch(),
                run.now(),
                null,
                run.now().plus(LEASE),
                0,
                0,
                null,
                null,
                null));
    pass(ofSeconds(5));
    log().end(run, RunStatus.State.FAILED, null, "broken");
    assertThat(info(run).endedAt()).isEqualTo(run.now().plusSeconds(5));
    assertThat(info(run).startedAt()).isEqualTo(run.now());
    assertThat(info(run).error()).isEqualTo("broken");
    assertThat(administration().find(run("none").id())).isEmpty();
  }

  @Test
  void theInputOfARunIsWhatItWasStartedWithOrHasBegunAnewWith() {
    HeldRun run = start("r1");

    assertThat(administration().input(run.id())).contains(run.run());
    log().continueAs(run, RawJson.of("[2]"), step(run, 0, "first", "1"));
    assertThat(administration().input(run.id()).orElseThrow().payload())
        .isEqualTo(RawJson.of("[2]"));
    assertThat(administration().input(run("none").id())).isEmpty();
  }

  @Test
  void runsAreListedByWorkflowStateAndTime() {
    HeldRun failed = start("failed");
    log().end(failed, RunStatus.State.FAILED, null, "broken");
    pass(ofSeconds(1));
    HeldRun waiting = start("waiting");
    log().suspend(waiting, waiting.now().plusSeconds(9), 0, null);
    pass(ofSeconds(1));
    HeldRun running = start("running");

    assertThat(listed(RunQuery.all())).containsExactly("running", "waiting", "failed");
    assertThat(listed(RunQuery.all().limit(2))).containsExactly("running", "waiting");
    assertThat(listed(RunQuery.all().state(RunStatus.State.FAILED))).containsExactly("failed");
    assertThat(listed(RunQuery.all().state(RunStatus.State.FAILED, RunStatus.State.RUNNING)))
        .containsExactly("running", "failed");
    assertThat(listed(RunQuery.all().state(RunStatus.State.CANCELLED))).isEmpty();
    assertThat(listed(RunQuery.all().startedFrom(waiting.now())))
        .containsExactly("running", "waiting");
    assertThat(listed(RunQuery.all().startedBefore(running.now())))
        .containsExactly("waiting", "failed");
    assertThat(administration().list(List.of("acme/shop/another"), RunQuery.all())).isEmpty();
  }

  @Test
  void runsAreCountedByTheirState() {
    HeldRun failed = start("failed");
    log().end(failed, RunStatus.State.FAILED, null, "broken");
    HeldRun complete = start("complete");
    log().end(complete, RunStatus.State.COMPLETE, RawJson.of("1"), null);
    HeldRun waiting = start("waiting");
    log().suspend(waiting, waiting.now().plusSeconds(9), 0, null);
    start("running");
    start("another");

    assertThat(administration().count(workflows, EnumSet.allOf(RunStatus.State.class)))
        .containsExactly(
            entry(RunStatus.State.RUNNING, 2L),
            entry(RunStatus.State.WAITING, 1L),
            entry(RunStatus.State.COMPLETE, 1L),
            entry(RunStatus.State.FAILED, 1L),
            entry(RunStatus.State.CANCELLED, 0L));
    assertThat(administration().count(workflows, Set.of(RunStatus.State.FAILED)))
        .containsExactly(entry(RunStatus.State.FAILED, 1L));
    assertThat(
            administration().count(List.of("acme/shop/another"), Set.of(RunStatus.State.RUNNING)))
        .containsExactly(entry(RunStatus.State.RUNNING, 0L));
  }

  @Test
  void eachRunIsOnOnePageOfAList() {
    var all = new ArrayList<String>();
    for (int i = 0; i < 23; i++) {
      String instance = "r" + i % 7 + "-" + i;
      all.add(instance);
      start(instance);
      if (i % 5 == 4) {
        pass(ofMillis(1)); // several have the same time
      }
    }
    RunQuery query = RunQuery.all().limit(4);

    var listed = new ArrayList<String>();
    List<RunInfo> page = administration().list(workflows, query);
    while (!page.isEmpty()) {
      page.forEach(run -> listed.add(run.id().instance()));
      HeldRun late = start("late" + listed.size());
      log().end(late, RunStatus.State.FAILED, null, "while the list is read");
      page = administration().list(workflows, query.after(page.get(page.size() - 1)));
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void aRunThatWaitsIsDueWhenItIsCancelled() {
    HeldRun run = start("r1");
    log().suspend(run, run.now().plus(ofDays(9)), 0, null);

    assertThat(administration().requestCancel(run.id(), "no longer wanted")).isTrue();
    assertThat(administration().requestCancel(run.id(), "another reason")).isTrue();

    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(taken.cancelReason()).isEqualTo("no longer wanted");
    log().suspend(taken, taken.now().plusSeconds(5), 0, null);
    assertThat(log().untilDue(workflows)).as("it is known").contains(ofSeconds(5));
    assertThat(administration().requestCancel(run("none").id(), "a")).isFalse();
  }

  @Test
  void whoHoldsARunIsToldWithItsNextStepThatItIsCancelled() {
    HeldRun run = start("r1");
    assertThat(log().write(run, step(run, 0, "a", "1"))).isEmpty();

    assertThat(administration().requestCancel(run.id(), "why")).isTrue();

    assertThat(info(run).dueAt()).as("its lease stays").isEqualTo(run.now().plus(LEASE));
    assertThat(log().write(run, step(run, 1, "b", "2"))).contains("why");
    assertThat(log().steps(run.id())).hasSize(2);
    assertThat(info(run).cancelReason()).isEqualTo("why");
    log().suspend(run, run.now().plus(ofDays(9)), 0, null);
    assertThat(log().takeDue(workflows, LEASE)).as("it was not known").isPresent();
  }

  @Test
  void aRunThatHasEndedIsNeitherCancelledNorTerminated() {
    HeldRun run = start("r1");
    log().end(run, RunStatus.State.COMPLETE, RawJson.of("1"), null);

    assertThat(administration().requestCancel(run.id(), "why")).isFalse();
    assertThat(administration().terminate(run.id(), "why")).isFalse();
    assertThat(info(run).state()).isEqualTo(RunStatus.State.COMPLETE);
  }

  @Test
  void whoHoldsARunThatIsTerminatedLosesIt() {
    HeldRun run = start("r1");

    assertThat(administration().terminate(run.id(), "why")).isTrue();

    assertThatThrownBy(() -> log().write(run, step(run, 0, "a", "1")))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().renew(run, LEASE)).isFalse();
    assertThat(status(run))
        .isEqualTo(new RunStatus(run.id(), RunStatus.State.CANCELLED, null, "why", null));
    assertThat(info(run).endedAt()).isEqualTo(run.now());
    assertThat(log().untilDue(workflows)).isEmpty();
  }

  @Test
  void aRunThatIsTriedAgainKeepsItsFirstSteps() {
    HeldRun run = start("r1");
    for (int i = 0; i < 4; i++) {
      log().write(run, step(run, i, "s" + i, "1"));
    }
    assertThat(administration().reopen(info(run), Kept.before(2))).as("has not ended").isFalse();
    log().end(run, RunStatus.State.FAILED, null, "broken");
    RunInfo failed = info(run);

    assertThat(administration().reopen(failed, Kept.before(2))).isTrue();

    assertThat(administration().reopen(failed, Kept.before(0))).as("was reopened").isFalse();
    assertThat(log().steps(run.id()))
        .containsExactly(step(run, 0, "s0", "1"), step(run, 1, "s1", "1"));
    assertThat(info(run).error()).isNull();
    assertThat(info(run).endedAt()).isNull();
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(taken.run()).isEqualTo(run.run());
    assertThat(taken.failures()).isZero();
    assertThat(taken.takeovers()).isZero();
  }

  @Test
  void aForkHasThePayloadAndTheFirstStepsAndTheOtherStaysAsItWas() {
    HeldRun run = start("r1");
    for (int i = 0; i < 3; i++) {
      log().write(run, step(run, i, "s" + i, "\"v" + i + "\""));
    }
    log().end(run, RunStatus.State.FAILED, null, "broken");
    RunInfo before = info(run);
    var to = new RunId(workflow, "r1.again");
    pass(ofSeconds(1));

    administration().fork(List.of(new RunAdministration.Fork(info(run), to, Kept.before(2))));

    assertThat(info(run)).isEqualTo(before);
    assertThat(log().steps(run.id())).hasSize(3);
    HeldRun fork = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(fork.run()).isEqualTo(new NewRun(to, run.run().payload(), null, null));
    assertThat(info(fork).forkedFrom()).isEqualTo("r1");
    assertThat(info(fork).startedAt()).isEqualTo(run.now().plusSeconds(1));
    assertThat(log().steps(to))
        .containsExactly(step(run, 0, "s0", "\"v0\""), step(run, 1, "s1", "\"v1\""));
    log().write(fork, step(fork, 2, "s2", "7"));
    administration().fork(List.of(new RunAdministration.Fork(info(run), to, Kept.before(0))));
    assertThat(log().steps(to)).as("is there already").hasSize(3);
  }

  @Test
  void aForkIsNotMadeOfARunThatHasChangedMeanwhile() {
    HeldRun run = start("r1");
    log().write(run, step(run, 0, "a", "1"));
    HeldRun still = start("r2");
    RunInfo before = info(run);
    var to = new RunId(workflow, "r1.again");
    var fork = new RunAdministration.Fork(before, to, Kept.before(1));
    var other =
        new RunAdministration.Fork(info(still), new RunId(workflow, "r2.again"), Kept.before(0));
    log().continueAs(run, RawJson.of("2"), step(run, 0, "first", "1"));

    assertThat(administration().fork(List.of(fork, other))).containsExactly(fork);

    assertThat(administration().find(to)).isEmpty();
    assertThat(administration().find(other.to())).isPresent();
    HeldRun anew = log().start(run("r1"), LEASE).orElseThrow();
    var current = new RunAdministration.Fork(info(anew), to, Kept.before(1));
    log().write(anew, step(anew, 1, "b", "2"));
    assertThat(administration().fork(List.of(current))).as("steps may come").isEmpty();
    assertThat(log().steps(to)).containsExactly(step(run, 0, "first", "1"));
    assertThat(administration().input(to).orElseThrow().payload()).isEqualTo(RawJson.of("2"));
  }

  @Test
  void aRunThatIsTriedAgainKeepsBranchesBesideTheOneThatFailed() {
    HeldRun run = start("r1");
    log().write(run, step(run, 0, "all/a", "1"));
    log().write(run, step(run, 2, "all/c", "3"));
    log().end(run, RunStatus.State.FAILED, null, "broken");
    var to = new RunId(workflow, "r1.again");
    var keep = new Kept(0, List.of("all/c"));

    administration().fork(List.of(new RunAdministration.Fork(info(run), to, keep)));
    assertThat(administration().reopen(info(run), keep)).isTrue();

    assertThat(log().steps(run.id())).containsExactly(step(run, 2, "all/c", "3"));
    assertThat(log().steps(to)).containsExactly(step(run, 2, "all/c", "3"));
  }

  @Test
  void theEventsOfRemovedStepsCanBeTakenAgainAndAForkHasAll() {
    HeldRun run = start("r1");
    for (int i = 0; i < 3; i++) {
      log().signal(run.id(), new EventRecord("paid", "e" + i, RawJson.of(String.valueOf(i))));
    }
    for (int i = 0; i < 2; i++) {
      EventRecord event = log().nextEvent(run.id(), "paid").orElseThrow();
      log().take(run, step(run, i, "s" + i, String.valueOf(i)), event);
    }
    log().end(run, RunStatus.State.FAILED, null, "broken");
    var to = new RunId(workflow, "r1.again");

    administration().fork(List.of(new RunAdministration.Fork(info(run), to, Kept.before(1))));
    assertThat(log().nextEvent(to, "paid").orElseThrow().id()).isEqualTo("e1");
    assertThat(log().nextEvent(run.id(), "paid").orElseThrow().id()).isEqualTo("e2");

    assertThat(administration().reopen(info(run), Kept.before(1))).isTrue();
    assertThat(log().nextEvent(run.id(), "paid").orElseThrow().id()).isEqualTo("e1");
  }

  @Test
  void anEventThatWasTakenBeforeARunBeganAnewIsNeverTakenAgain() {
    HeldRun run = start("r1");
    log().signal(run.id(), event("paid", "1", "1"));
    log().signal(run.id(), event("paid", "2", "2"));
    log().take(run, step(run, 0, "payment", "1"), event("paid", "1", "1"));
    log().continueAs(run, RawJson.of("2"), step(run, 0, "first", "1"));
    HeldRun anew = log().start(run("r1"), LEASE).orElseThrow();
    log().write(anew, step(anew, 1, "charge", "1"));
    log().end(anew, RunStatus.State.FAILED, null, "broken");
    var fork = new RunId(workflow, "r1.again");

    administration().fork(List.of(new RunAdministration.Fork(info(run), fork, Kept.before(1))));
    assertThat(administration().reopen(info(run), Kept.before(1))).isTrue();

    assertThat(log().nextEvent(run.id(), "paid")).contains(event("paid", "2", "2"));
    assertThat(log().nextEvent(fork, "paid")).contains(event("paid", "2", "2"));
  }

  @Test
  void theIdOfAnEventThatWasTakenIsForgottenAtALaterBeginningAWeekAfterItCame() {
    HeldRun run = start("r1");
    log().signal(run.id(), event("paid", "taken", "1"));
    log().signal(run.id(), event("paid", "waits", "2"));
    log().take(run, step(run, 0, "payment", "1"), event("paid", "taken", "1"));
    pass(StepLog.EVENT_IDS_KEPT);

    log().continueAs(run, RawJson.of("2"), step(run, 0, "first", "1"));

    assertThat(log().signal(run.id(), event("paid", "taken", "1"))).isEqualTo(SignalResult.KNOWN);
    pass(ofMillis(1));
    HeldRun anew = log().takeDue(workflows, LEASE).orElseThrow();
    log().continueAs(anew, RawJson.of("3"), step(anew, 0, "first", "2"));
    assertThat(log().signal(run.id(), event("paid", "waits", "2"))).isEqualTo(SignalResult.KNOWN);
    assertThat(log().signal(run.id(), event("paid", "taken", "3"))).isEqualTo(SignalResult.KEPT);
    assertThat(next(run, "paid")).contains(event("paid", "waits", "2"));
    HeldRun last = log().takeDue(workflows, LEASE).orElseThrow();
    log().take(last, step(last, 1, "payment", "2"), event("paid", "waits", "2"));
    assertThat(next(run, "paid")).contains(event("paid", "taken", "3"));
  }

  @Test
  void aRunThatIsCancelledBeforeItWaitsForAnEventIsDueAtOnce() {
    HeldRun run = start("r1");
    assertThat(administration().requestCancel(run.id(), "why")).isTrue();

    log().suspendForEvent(run, run.now().plus(ofDays(1)), "paid");

    assertThat(log().takeDue(workflows, LEASE).orElseThrow().cancelReason()).isEqualTo("why");
  }

  @Test
  void aHolderLearnsOfACancellationWhenItsStepTakesAnEvent() {
    HeldRun run = start("r1");
    log().signal(run.id(), new EventRecord("paid", "e1", RawJson.of("1")));
    EventRecord event = log().nextEvent(run.id(), "paid").orElseThrow();
    assertThat(administration().requestCancel(run.id(), "why")).isTrue();

    assertThat(log().take(run, step(run, 0, "payment", "1"), event)).hasValue("why");
  }

  @Test
  void nothingOfADeletedRunStays() {
    HeldRun run = start("r1");
    log().write(run, step(run, 0, "a", "1"));
    log().writeProgress(run, new RunProgress("half", OptionalDouble.of(0.5), run.now()));
    log().signal(run.id(), new EventRecord("paid", "e1", RawJson.of("1")));
    log().end(run, RunStatus.State.COMPLETE, null, null);
    pass(ofDays(1));

    assertThat(administration().deleteEnded(workflows, ofDays(1), 10)).isEqualTo(1);

    HeldRun again = start("r1");
    assertThat(log().steps(again.id())).isEmpty();
    assertThat(log().progress(again.id())).isEmpty();
    assertThat(log().nextEvent(again.id(), "paid")).isEmpty();
  }

  @Test
  void whatEndedLongAgoIsDeletedInChunks() {
    for (int i = 0; i < 5; i++) {
      HeldRun run = start("old" + i);
      log().write(run, step(run, 0, "a", "1"));
      log().end(run, RunStatus.State.COMPLETE, RawJson.of("1"), null);
      pass(ofSeconds(1));
    }
    HeldRun open = start("open");
    pass(ofDays(1));
    HeldRun late = start("late");
    log().end(late, RunStatus.State.FAILED, null, "broken");

    assertThat(administration().deleteEnded(workflows, ofDays(1), 3)).isEqualTo(3);
    assertThat(listed(RunQuery.all())).containsExactly("late", "open", "old4", "old3");
    assertThat(administration().deleteEnded(workflows, ofDays(1), 3)).isEqualTo(2);
    assertThat(administration().deleteEnded(workflows, ofDays(1), 3)).isZero();
    assertThat(listed(RunQuery.all())).containsExactly("late", "open");
    assertThat(log().steps(run("old0").id())).isEmpty();
    assertThat(info(open).state()).isEqualTo(RunStatus.State.RUNNING);
    assertThat(log().start(run("old0"), LEASE)).as("begins anew").isPresent();
  }

  @Test
  void takeoversAreCountedUntilThereIsANewStep() {
    HeldRun run = start("r1");
    assertThat(run.takeovers()).isZero();
    for (int i = 1; i <= 3; i++) {
      pass(LEASE);
      run = log().takeDue(workflows, LEASE).orElseThrow();
      assertThat(run.takeovers()).isEqualTo(i);
    }
    log().write(run, step(run, 0, "a", "1"));
    pass(LEASE);
    run = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(run.takeovers()).as("the first behind the step").isEqualTo(1);
    log().suspend(run, run.now().plusSeconds(1), 0, null);
    pass(ofSeconds(1));
    assertThat(log().takeDue(workflows, LEASE).map(HeldRun::takeovers)).contains(0);
  }

  @Test
  void aRunThatIsGivenBackIsDueAsIfNobodyHadTakenIt() {
    HeldRun run = start("r1");
    log().write(run, step(run, 0, "a", "1"));

    log().giveBack(run);

    assertThat(status(run).state()).isEqualTo(RunStatus.State.WAITING);
    assertThatThrownBy(() -> log().write(run, step(run, 1, "b", "1")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> log().giveBack(run)).isInstanceOf(LeaseLostException.class);
    HeldRun again = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(again.takeovers()).isZero();
    for (int i = 1; i <= 2; i++) {
      pass(LEASE);
      HeldRun left = log().takeDue(workflows, LEASE).orElseThrow();
      assertThat(left.takeovers()).isEqualTo(i);
      log().giveBack(left);
      assertThat(log().untilDue(workflows)).contains(Duration.ZERO);
      HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
      assertThat(taken.takeovers()).as("that of the one who gave it back").isEqualTo(i);
    }
  }
}

package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
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
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every log of durable workflows must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class RedisStepLogTest extends StepLogContract {
 *   @Override protected StepLog log() { return log; }
 *   @Override protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>The log may hold runs of earlier tests: each test uses a workflow of its own.
 */
public abstract class StepLogContract {

  private static final Duration LEASE = ofSeconds(30);
  private static final int THREADS = 8;

  private final String workflow = "acme/shop/" + UUID.randomUUID();
  private final List<String> workflows = List.of(workflow, "acme/shop/another");

  /** For the class that extends this. */
  protected StepLogContract() {}

  /** Returns the log, the same within a test. */
  protected abstract StepLog log();

  /** Lets time pass for the log. */
  protected abstract void pass(Duration time);

  private NewRun run(String instance) {
    return new NewRun(new RunId(workflow, instance), RawJson.of("{\"id\":1}"), null, null);
  }

  private HeldRun start(String instance) {
    return log().start(run(instance), LEASE).orElseThrow();
  }

  private RunStatus status(HeldRun run) {
    return log().status(run.id()).orElseThrow();
  }

  private static StepRecord step(HeldRun run, int position, String name, @Nullable String value) {
    return new StepRecord(
        position,
        name,
        Kind.RUN,
        "String",
        State.DONE,
        1,
        value == null ? null : RawJson.of(value),
        null,
        run.now(),
        null);
  }

  @Test
  void aRunIsStartedOnceAndGivenBackAsItWas() {
    var created = Instant.parse("2026-02-03T04:05:06.789Z");
    var caller = new Caller(AppId.parse("acme/web"), Environment.of("feature-x"));
    var run = new NewRun(run("r1").id(), RawJson.of("[1, \"ü\"]"), created, caller);

    HeldRun held = log().start(run, LEASE).orElseThrow();

    assertThat(held.run()).isEqualTo(run);
    assertThat(held.failures()).isZero();
    assertThat(log().start(run("r1"), LEASE)).as("held").isEmpty();
    assertThat(status(held).state()).isEqualTo(RunStatus.State.RUNNING);
    assertThat(status(held).dueAt()).isEqualTo(held.now().plus(LEASE));
    pass(LEASE);
    HeldRun taken = log().start(run("r1"), LEASE).orElseThrow();
    assertThat(taken.run()).as("what it was started with first").isEqualTo(run);
    assertThat(taken.epoch()).isGreaterThan(held.epoch());
    assertThat(taken.now()).isEqualTo(held.now().plus(LEASE));
  }

  @Test
  void whatThereIsNotIsSaidNotToBe() {
    assertThat(log().status(run("none").id())).isEmpty();
    assertThat(log().steps(run("none").id())).isEmpty();
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    assertThat(log().untilDue(workflows)).isEmpty();
  }

  @Test
  void stepsComeBackInTheirOrderAsTheyWereWritten() {
    HeldRun run = start("r1");
    var retrying =
        new StepRecord(
            1,
            "zwei \uD83D\uDE00",
            Kind.CALL,
            "List<Shop.Order>",
            State.RETRYING,
            3,
            null,
            "no: \"ü\"",
            run.now().plusMillis(5),
            run.now().plus(ofDays(400)));
    log().write(run, step(run, 2, "a", "{\"b\":[1,2]}"));
    log().write(run, retrying);
    log().write(run, step(run, 0, "c", null));

    assertThat(log().steps(run.id()))
        .containsExactly(step(run, 0, "c", null), retrying, step(run, 2, "a", "{\"b\":[1,2]}"));

    log().write(run, step(run, 1, retrying.name(), "7"));
    assertThat(log().steps(run.id()))
        .containsExactly(
            step(run, 0, "c", null),
            step(run, 1, retrying.name(), "7"),
            step(run, 2, "a", "{\"b\":[1,2]}"));
  }

  @Test
  void aStepThatIsNewToItsRunIsWrittenAsAnyOther() {
    HeldRun run = start("r1");
    assertThat(log().writeNew(run, step(run, 0, "a", "1"))).isEmpty();
    log()
        .write(
            run,
            new StepRecord(
                1, "b", Kind.RUN, "String", State.STARTED, 1, null, null, run.now(), null));

    assertThat(log().writeNew(run, step(run, 1, "b", "2"))).as("was there").isEmpty();
    assertThatThrownBy(() -> log().writeNew(run, step(run, 0, "a", "3")))
        .as("was done")
        .isInstanceOf(LeaseLostException.class);
    assertThat(administration().requestCancel(run.id(), "not needed")).isTrue();
    assertThat(log().writeNew(run, step(run, 2, "c", "4"))).contains("not needed");
    pass(LEASE);
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
    assertThatThrownBy(() -> log().writeNew(run, step(run, 3, "d", "5")))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().steps(run.id()))
        .containsExactly(step(run, 0, "a", "1"), step(run, 1, "b", "2"), step(run, 2, "c", "4"));
  }

  @Test
  void runsDoNotSeeEachOthersSteps() {
    HeldRun one = start("r1");
    HeldRun other = start("r2");
    log().write(one, step(one, 0, "a", "1"));
    log().write(other, step(other, 0, "a", "2"));

    assertThat(log().steps(one.id())).containsExactly(step(one, 0, "a", "1"));
    assertThat(log().steps(other.id())).containsExactly(step(other, 0, "a", "2"));
  }

  @Test
  void whoHasLostItsLeaseChangesNothing() {
    HeldRun run = start("r1");
    log().write(run, step(run, 0, "a", "1"));
    pass(LEASE);
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();

    assertThat(taken.id()).isEqualTo(run.id());
    assertThatThrownBy(() -> log().write(run, step(run, 0, "a", "2")))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("r1");
    assertThatThrownBy(() -> log().write(run, step(run, 1, "b", "2")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> log().suspend(run, run.now(), 0, null))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> log().end(run, RunStatus.State.COMPLETE, RawJson.of("1"), null))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().renew(run, LEASE)).isFalse();
    assertThat(log().steps(run.id())).containsExactly(step(run, 0, "a", "1"));
    assertThat(status(run).state()).isEqualTo(RunStatus.State.RUNNING);
    log().write(taken, step(run, 1, "b", "3"));
  }

  @Test
  void aLeaseThatHasEndedHoldsUntilSomebodyTakesTheRun() {
    HeldRun run = start("r1");
    pass(LEASE.multipliedBy(2));

    log().write(run, step(run, 0, "a", "1"));
    assertThat(log().renew(run, LEASE)).isTrue();
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
  }

  @Test
  void aLeaseThatIsRenewedLastsFromThen() {
    HeldRun run = start("r1");
    pass(ofSeconds(20));
    assertThat(log().renew(run, LEASE)).isTrue();
    pass(ofSeconds(20));

    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    assertThat(log().untilDue(workflows)).contains(ofSeconds(10));
    pass(ofSeconds(10));
    assertThat(log().untilDue(workflows)).contains(Duration.ZERO);
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
  }

  @Test
  void aRunThatWaitsIsTakenWhenItIsDue() {
    HeldRun run = start("r1");
    log().suspend(run, run.now().plus(ofDays(9)), 2, "broken");

    assertThat(status(run))
        .isEqualTo(
            new RunStatus(
                run.id(), RunStatus.State.WAITING, null, "broken", run.now().plus(ofDays(9))));
    assertThatThrownBy(() -> log().write(run, step(run, 0, "a", "1")))
        .as("it was let go")
        .isInstanceOf(LeaseLostException.class);
    pass(ofDays(9).minusMillis(1));
    assertThat(log().start(run("r1"), LEASE)).isEmpty();
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    assertThat(log().untilDue(workflows)).contains(ofMillis(1));
    pass(ofMillis(1));
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(taken.run()).isEqualTo(run.run());
    assertThat(taken.failures()).isEqualTo(2);
  }

  @Test
  void theRunThatHasBeenDueTheLongestIsTakenFirst() {
    HeldRun late = start("late");
    HeldRun early = start("early");
    log().suspend(late, late.now().plusSeconds(2), 0, null);
    log().suspend(early, early.now().plusSeconds(1), 0, null);
    pass(ofSeconds(5));

    assertThat(log().takeDue(workflows, LEASE).map(HeldRun::id)).contains(early.id());
    assertThat(log().takeDue(workflows, LEASE).map(HeldRun::id)).contains(late.id());
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
  }

  @Test
  void runsOfOtherWorkflowsAreLeftToTheirApps() {
    HeldRun run = start("r1");
    log().suspend(run, run.now(), 0, null);

    assertThat(log().takeDue(List.of("acme/shop/another"), LEASE)).isEmpty();
    assertThat(log().untilDue(List.of("acme/shop/another"))).isEmpty();
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
  }

  @Test
  void aRunThatHasEndedStaysAsItIs() {
    HeldRun complete = start("complete");
    HeldRun failed = start("failed");
    log().end(complete, RunStatus.State.COMPLETE, RawJson.of("{\"a\":1}"), null);
    log().end(failed, RunStatus.State.FAILED, null, "out of stock");
    pass(ofDays(1));

    assertThat(status(complete))
        .isEqualTo(
            new RunStatus(
                complete.id(), RunStatus.State.COMPLETE, RawJson.of("{\"a\":1}"), null, null));
    assertThat(status(failed))
        .isEqualTo(new RunStatus(failed.id(), RunStatus.State.FAILED, null, "out of stock", null));
    assertThat(log().start(run("complete"), LEASE)).isEmpty();
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    assertThat(log().untilDue(workflows)).isEmpty();
    assertThat(log().renew(complete, LEASE)).isFalse();
    assertThatThrownBy(() -> log().write(failed, step(failed, 0, "a", "1")))
        .isInstanceOf(LeaseLostException.class);
  }

  private static EventRecord event(String name, String id, String value) {
    return new EventRecord(name, id, RawJson.of(value));
  }

  private Optional<EventRecord> next(HeldRun run, String event) {
    return log().nextEvent(run.id(), event);
  }

  @Test
  void eventsAreTakenInTheOrderInWhichTheyCameAndByNameAndEachOnce() {
    HeldRun run = start("r1");
    assertThat(log().signal(run.id(), event("paid", "z", "1"))).isEqualTo(SignalResult.KEPT);
    assertThat(log().signal(run.id(), event("sent", "z", "2"))).isEqualTo(SignalResult.KEPT);
    assertThat(log().signal(run.id(), event("paid", "ü \uD83D\uDE00", "{\"a\":3}")))
        .isEqualTo(SignalResult.KEPT);

    assertThat(next(run, "paid")).contains(event("paid", "z", "1"));
    assertThat(next(run, "paid")).as("it was not taken").contains(event("paid", "z", "1"));
    log().take(run, step(run, 0, "a", "1"), event("paid", "z", "1"));
    assertThat(log().steps(run.id())).containsExactly(step(run, 0, "a", "1"));
    assertThat(next(run, "paid")).contains(event("paid", "ü \uD83D\uDE00", "{\"a\":3}"));
    log().take(run, step(run, 1, "b", "3"), event("paid", "ü \uD83D\uDE00", "{\"a\":3}"));
    assertThat(next(run, "paid")).isEmpty();
    assertThat(next(run, "sent")).contains(event("sent", "z", "2"));
    assertThat(next(run, "none")).isEmpty();
  }

  @Test
  void anEventWithAKnownIdIsOneWithTheFirst() {
    HeldRun run = start("r1");
    log().signal(run.id(), event("paid", "p1", "1"));

    assertThat(log().signal(run.id(), event("paid", "p1", "2"))).isEqualTo(SignalResult.KNOWN);
    assertThat(next(run, "paid")).contains(event("paid", "p1", "1"));
    log().take(run, step(run, 0, "a", "1"), event("paid", "p1", "1"));
    assertThat(log().signal(run.id(), event("paid", "p1", "1"))).isEqualTo(SignalResult.KNOWN);
    assertThat(next(run, "paid")).isEmpty();
    log().end(run, RunStatus.State.COMPLETE, RawJson.of("1"), null);
    assertThat(log().signal(run.id(), event("paid", "p1", "1"))).isEqualTo(SignalResult.KNOWN);
  }

  @Test
  void eventsAreForRunsThatAreThereAndGoOn() {
    HeldRun ended = start("ended");
    log().end(ended, RunStatus.State.FAILED, null, "no");
    HeldRun other = start("other");

    assertThat(log().signal(run("none").id(), event("paid", "p1", "1")))
        .isEqualTo(SignalResult.NO_RUN);
    assertThat(log().signal(ended.id(), event("paid", "p1", "1"))).isEqualTo(SignalResult.ENDED);
    assertThat(log().signal(other.id(), event("paid", "p1", "2"))).isEqualTo(SignalResult.KEPT);
    assertThat(log().nextEvent(run("none").id(), "paid")).isEmpty();
    assertThat(next(ended, "paid")).isEmpty();
    assertThat(next(other, "paid")).contains(event("paid", "p1", "2"));
  }

  @Test
  void aRunThatWaitsForAnEventIsDueWhenItComes() {
    HeldRun run = start("r1");
    log().suspendForEvent(run, run.now().plus(ofDays(2)), "paid");
    assertThat(status(run).state()).isEqualTo(RunStatus.State.WAITING);
    assertThat(log().untilDue(workflows)).contains(ofDays(2));

    log().signal(run.id(), event("sent", "1", "1"));
    assertThat(log().takeDue(workflows, LEASE)).as("another event").isEmpty();
    log().signal(run.id(), event("paid", "1", "1"));

    assertThat(log().untilDue(workflows)).contains(Duration.ZERO);
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(taken.id()).isEqualTo(run.id());
    assertThat(taken.failures()).isZero();
  }

  @Test
  void aRunThatIsDueStaysBeforeOthersWhenItsEventComes() {
    HeldRun first = start("r1");
    log().suspendForEvent(first, first.now().plusSeconds(1), "paid");
    HeldRun second = start("r2");
    log().suspend(second, second.now().plusSeconds(2), 0, null);
    pass(ofSeconds(3));

    log().signal(first.id(), event("paid", "1", "1"));

    assertThat(log().takeDue(workflows, LEASE).map(HeldRun::id)).contains(first.id());
  }

  @Test
  void aRunThatWaitsForAnEventIsDueAtTheEndOfItsTime() {
    HeldRun run = start("r1");
    log().suspendForEvent(run, run.now().plus(ofDays(2)), "paid");
    pass(ofDays(2).minusMillis(1));
    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    pass(ofMillis(1));

    assertThat(log().takeDue(workflows, LEASE)).isPresent();
  }

  @Test
  void anEventThatCameBeforeTheRunWasSuspendedMakesItDue() {
    HeldRun run = start("r1");
    log().signal(run.id(), event("sent", "1", "1"));
    log().signal(run.id(), event("paid", "0", "1"));
    log().take(run, step(run, 0, "a", "1"), event("paid", "0", "1"));
    log().suspendForEvent(run, run.now().plus(ofDays(2)), "paid");
    assertThat(log().takeDue(workflows, LEASE)).as("one that was taken, another name").isEmpty();
    log().signal(run.id(), event("paid", "1", "1"));
    HeldRun again = log().takeDue(workflows, LEASE).orElseThrow();
    log().signal(run.id(), event("paid", "2", "2"));

    log().suspendForEvent(again, again.now().plus(ofDays(2)), "paid");
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
  }

  @Test
  void anEventDoesNotEndAnotherWait() {
    HeldRun run = start("r1");
    log().suspendForEvent(run, run.now().plusSeconds(1), "paid");
    pass(ofSeconds(1));
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();
    assertThat(log().signal(run.id(), event("paid", "1", "1"))).isEqualTo(SignalResult.KEPT);
    assertThat(log().takeDue(workflows, LEASE)).as("it is held").isEmpty();
    log().suspend(taken, taken.now().plus(ofDays(1)), 1, "broken");

    log().signal(run.id(), event("paid", "2", "1"));

    assertThat(log().takeDue(workflows, LEASE)).isEmpty();
    assertThat(log().untilDue(workflows)).contains(ofDays(1));
  }

  @Test
  void whoHasLostItsLeaseTakesNoEvent() {
    HeldRun run = start("r1");
    log().signal(run.id(), event("paid", "1", "1"));
    pass(LEASE);
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();

    assertThatThrownBy(() -> log().take(run, step(run, 0, "a", "1"), event("paid", "1", "1")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> log().suspendForEvent(run, run.now(), "paid"))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().steps(run.id())).isEmpty();
    assertThat(next(taken, "paid")).contains(event("paid", "1", "1"));
    log().take(taken, step(taken, 0, "a", "1"), event("paid", "1", "1"));
  }

  @Test
  void ofAnEventThatManyBringAtOnceOneIsKeptAndNoneOfDifferentOnesIsLost() throws Exception {
    HeldRun run = start("r1");
    var number = new AtomicInteger();

    List<SignalResult> same =
        together(() -> Optional.of(log().signal(run.id(), event("paid", "p1", "1"))));
    List<SignalResult> different =
        together(
            () ->
                Optional.of(
                    log().signal(run.id(), event("sent", "" + number.incrementAndGet(), "1"))));

    assertThat(same).hasSize(THREADS).containsOnlyOnce(SignalResult.KEPT);
    assertThat(different).hasSize(THREADS).containsOnly(SignalResult.KEPT);
    for (int i = 0; i < THREADS; i++) {
      log().take(run, step(run, i, "s" + i, "1"), next(run, "sent").orElseThrow());
    }
    assertThat(next(run, "sent")).isEmpty();
  }

  @Test
  void anEventThatComesWhileTheRunIsSuspendedIsNeverMissed() throws Exception {
    for (int i = 0; i < 20; i++) {
      HeldRun run = start("r" + i);
      var first = new AtomicBoolean(true);
      together(
          () -> {
            if (first.getAndSet(false)) {
              log().suspendForEvent(run, run.now().plus(ofDays(2)), "paid");
            } else {
              log().signal(run.id(), event("paid", "p1", "1"));
            }
            return Optional.empty();
          });

      assertThat(log().takeDue(workflows, LEASE).map(HeldRun::id)).contains(run.id());
    }
  }

  @Test
  void theProgressIsThatOfTheLastWriteOfWhoeverHoldsTheRun() {
    HeldRun run = start("r1");
    var first = new RunProgress("Zürich \uD83D\uDE00", OptionalDouble.of(0.125), run.now());
    var second = new RunProgress("done", OptionalDouble.empty(), run.now().plusMillis(7));
    assertThat(log().progress(run.id())).isEmpty();
    log().writeProgress(run, first);
    assertThat(log().progress(run.id())).contains(first);
    log().writeProgress(run, second);
    assertThat(log().progress(run.id())).contains(second);
    pass(LEASE);
    HeldRun taken = log().takeDue(workflows, LEASE).orElseThrow();

    assertThatThrownBy(() -> log().writeProgress(run, first))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().progress(run.id())).contains(second);
    log().end(taken, RunStatus.State.COMPLETE, RawJson.of("1"), null);
    assertThat(log().progress(run.id())).contains(second);
    assertThat(log().progress(run("none").id())).isEmpty();
    assertThatThrownBy(() -> log().writeProgress(taken, first))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void aRunThatBeginsAnewHasItsNewPayloadAndFirstStepAlone() {
    HeldRun run = start("r1");
    HeldRun other = start("r2");
    log().write(run, step(run, 0, "a", "1"));
    log().write(run, step(run, 1, "b", "2"));
    log().write(other, step(other, 0, "a", "1"));
    log().signal(run.id(), event("paid", "1", "1"));
    log().signal(run.id(), event("paid", "2", "2"));
    log().take(run, step(run, 2, "c", "1"), event("paid", "1", "1"));
    StepRecord first = step(run, 0, "first", "1");

    log().continueAs(run, RawJson.of("{\"id\":2}"), first);

    assertThat(status(run).state()).isEqualTo(RunStatus.State.WAITING);
    assertThat(log().steps(run.id())).containsExactly(first);
    assertThat(log().steps(other.id())).containsExactly(step(other, 0, "a", "1"));
    assertThat(next(run, "paid")).contains(event("paid", "2", "2"));
    assertThat(log().signal(run.id(), event("paid", "1", "1"))).isEqualTo(SignalResult.KNOWN);
    assertThatThrownBy(() -> log().continueAs(run, RawJson.of("3"), first))
        .as("it was let go")
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().untilDue(workflows)).contains(Duration.ZERO);
    HeldRun taken = log().start(run("r1"), LEASE).orElseThrow();
    assertThat(taken.run().payload()).isEqualTo(RawJson.of("{\"id\":2}"));
    assertThat(taken.failures()).isZero();
    log().write(taken, step(taken, 1, "a", "1"));
    assertThat(log().steps(run.id())).containsExactly(first, step(taken, 1, "a", "1"));
    pass(LEASE);
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
    assertThat(log().takeDue(workflows, LEASE)).isPresent();
    assertThatThrownBy(() -> log().continueAs(taken, RawJson.of("3"), first))
        .isInstanceOf(LeaseLostException.class);
    assertThat(log().steps(run.id())).containsExactly(first, step(taken, 1, "a", "1"));
  }

  @Test
  void ofManyThatStartOrTakeOneGetsIt() throws Exception {
    assertThat(together(() -> log().start(run("r1"), LEASE))).hasSize(1);
    pass(LEASE);

    assertThat(together(() -> log().takeDue(workflows, LEASE))).hasSize(1);
  }

  @Test
  void whatAProcessHasLeftIsTakenBeforeABacklog() {
    for (int i = 0; i < 5; i++) {
      HeldRun waiting = start("waiting" + i);
      log().suspend(waiting, waiting.now().plusSeconds(1), 0, null);
    }
    HeldRun left = start("left");
    pass(LEASE.plusMillis(1));
    HeldRun held = start("held");

    List<String> taken =
        Stream.generate(() -> log().takeDue(workflows, LEASE))
            .takeWhile(Optional::isPresent)
            .map(run -> run.orElseThrow().id().instance())
            .toList();

    assertThat(taken).hasSize(6).first().isEqualTo(left.id().instance());
    assertThat(taken).doesNotContain(held.id().instance());
  }

  // ---- For those who look after runs

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

  /** Does something in many threads at once; returns what those got that got something. */
  private static <T> List<T> together(Callable<Optional<T>> what) throws Exception {
    var barrier = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Optional<T>>> futures =
          threads.invokeAll(
              Collections.nCopies(
                  THREADS,
                  () -> {
                    barrier.await();
                    return what.call();
                  }));
      var got = new ArrayList<T>();
      for (Future<Optional<T>> future : futures) {
        future.get().ifPresent(got::add);
      }
      return got;
    } finally {
      threads.shutdownNow();
    }
  }
}

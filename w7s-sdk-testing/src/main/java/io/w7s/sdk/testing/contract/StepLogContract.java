package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
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
public abstract class StepLogContract extends StepLogTests {

  private static final int THREADS = 8;

  /** For the class that extends this. */
  protected StepLogContract() {}

  /** Returns the log, the same within a test. */
  @Override
  protected abstract StepLog log();

  /** Lets time pass for the log. */
  @Override
  protected abstract void pass(Duration time);

  @Nested
  class Administration extends RunAdministrationContract {
    Administration() {
      super(StepLogContract.this);
    }
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
    assertThat(log().administration().requestCancel(run.id(), "not needed")).isTrue();
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

package io.w7s.sdk.testing;

import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A log whose process dies before or after some of its writes, and comes back. An attempt that has
 * died can do nothing more; its run is held until the lease ends. Thread-safe.
 */
final class MortalStepLog implements StepLog {

  private final StepLog log;
  private final Set<Integer> kills;
  private final List<String> deaths = new ArrayList<>();
  private int writes;

  /** The attempts whose process is dead. */
  private final Set<Attempt> dead = new HashSet<>();

  private record Attempt(RunId run, long epoch) {
    static Attempt of(HeldRun held) {
      return new Attempt(held.id(), held.epoch());
    }
  }

  /** Ends an attempt where its process would have ended. */
  private static final class Killed extends Error {

    private static final long serialVersionUID = 1L;

    Killed(String where) {
      super("killed " + where, null, false, false);
    }
  }

  /**
   * Creates one.
   *
   * @param kills where the process dies: 2n before its write number n, and 2n + 1 after it
   */
  MortalStepLog(StepLog log, Set<Integer> kills) {
    this.log = log;
    this.kills = kills;
  }

  /** Returns how many writes there were so far. */
  synchronized int writes() {
    return writes;
  }

  /** Returns where the process has died so far. */
  synchronized List<String> deaths() {
    return List.copyOf(deaths);
  }

  private <T> T write(String what, @Nullable HeldRun by, Supplier<T> write) {
    int number = writes++;
    if (kills.contains(2 * number)) {
      die(by, "before " + what);
    }
    T result = write.get();
    if (kills.contains(2 * number + 1)) {
      die(
          by == null && result instanceof Optional<?> held ? (HeldRun) held.get() : by,
          "after " + what);
    }
    return result;
  }

  private void die(@Nullable HeldRun held, String where) {
    if (held != null) {
      dead.add(Attempt.of(held));
    }
    deaths.add(where);
    throw new Killed(where);
  }

  private void requireAlive(HeldRun held) {
    if (dead.contains(Attempt.of(held))) {
      throw new Killed("before, in an attempt that goes on");
    }
  }

  @Override
  public TimeSource time() {
    return log.time();
  }

  @Override
  public synchronized Optional<HeldRun> start(NewRun run, Duration lease) {
    RunStatus before = log.status(run.id()).orElse(null);
    Instant due = before == null ? Instant.MIN : before.dueAt();
    return due == null || due.isAfter(time().now())
        ? log.start(run, lease)
        : write("the start", null, () -> log.start(run, lease));
  }

  @Override
  public synchronized Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    return log.untilDue(workflows).filter(Duration::isZero).isPresent()
        ? write("taking it up", null, () -> log.takeDue(workflows, lease))
        : Optional.empty();
  }

  @Override
  public Optional<Duration> untilDue(Collection<String> workflows) {
    return log.untilDue(workflows);
  }

  @Override
  public synchronized void giveBack(HeldRun run) {
    requireAlive(run);
    log.giveBack(run);
  }

  @Override
  public synchronized boolean renew(HeldRun run, Duration lease) {
    requireAlive(run);
    return log.renew(run, lease);
  }

  @Override
  public List<StepRecord> steps(RunId run) {
    return log.steps(run);
  }

  @Override
  public Optional<String> write(HeldRun run, StepRecord step) {
    return write(run, step, () -> log.write(run, step));
  }

  @Override
  public Optional<String> writeNew(HeldRun run, StepRecord step) {
    return write(run, step, () -> log.writeNew(run, step));
  }

  private synchronized Optional<String> write(
      HeldRun run, StepRecord step, Supplier<Optional<String>> write) {
    requireAlive(run);
    return write("step \"" + step.name() + "\" is " + step.state(), run, write);
  }

  @Override
  public synchronized void suspend(
      HeldRun run, Instant dueAt, int failures, @Nullable String error) {
    requireAlive(run);
    write(
        "it waits",
        run,
        () -> {
          log.suspend(run, dueAt, failures, error);
          return run;
        });
  }

  /** Not a place to die: who signals sees it, and signals again. */
  @Override
  public synchronized SignalResult signal(RunId run, EventRecord event) {
    return log.signal(run, event);
  }

  @Override
  public Optional<EventRecord> nextEvent(RunId run, String event) {
    return log.nextEvent(run, event);
  }

  @Override
  public synchronized Optional<String> take(HeldRun run, StepRecord step, EventRecord event) {
    requireAlive(run);
    return write(
        "step \"" + step.name() + "\" takes its event", run, () -> log.take(run, step, event));
  }

  @Override
  public synchronized void suspendForEvent(HeldRun run, Instant dueAt, String event) {
    requireAlive(run);
    write(
        "it waits for event " + event,
        run,
        () -> {
          log.suspendForEvent(run, dueAt, event);
          return run;
        });
  }

  @Override
  public synchronized void writeProgress(HeldRun run, RunProgress progress) {
    requireAlive(run);
    write(
        "it says \"" + progress.status() + "\"",
        run,
        () -> {
          log.writeProgress(run, progress);
          return run;
        });
  }

  @Override
  public Optional<RunProgress> progress(RunId run) {
    return log.progress(run);
  }

  @Override
  public synchronized void continueAs(HeldRun run, RawJson payload, StepRecord first) {
    requireAlive(run);
    write(
        "it begins anew",
        run,
        () -> {
          log.continueAs(run, payload, first);
          return run;
        });
  }

  @Override
  public synchronized void end(
      HeldRun run, RunStatus.State state, @Nullable RawJson output, @Nullable String error) {
    requireAlive(run);
    write(
        "it is " + state,
        run,
        () -> {
          log.end(run, state, output, error);
          return run;
        });
  }

  @Override
  public Optional<RunStatus> status(RunId run) {
    return log.status(run);
  }

  @Override
  public RunAdministration administration() {
    return log.administration();
  }
}

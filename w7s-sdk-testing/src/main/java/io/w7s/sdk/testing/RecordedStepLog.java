package io.w7s.sdk.testing;

import io.w7s.sdk.internal.step.RecordedLog;
import io.w7s.sdk.internal.step.RecordedRun;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.testing.ReplayReport.Outcome;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A log that has one recorded run at a time, and keeps what the code makes of it. Nothing is
 * written. Its time is so late that each recorded wait is over. For one thread.
 */
final class RecordedStepLog implements RecordedLog {

  private static final Instant LATE = Instant.parse("9999-12-31T00:00:00Z");

  /** Lists the runs of the log that is replayed directly; null for a file. */
  private final @Nullable StepLog source;

  private @Nullable RecordedRun recorded;
  private boolean taken;
  private @Nullable Outcome outcome;
  private @Nullable Throwable difference;

  RecordedStepLog(@Nullable StepLog source) {
    this.source = source;
  }

  /** Has another run from now on, which is due. */
  void load(RecordedRun run) {
    recorded = run;
    taken = false;
    outcome = null;
    difference = null;
  }

  boolean wasTaken() {
    return taken;
  }

  /** Returns what the code has made of the run. */
  ReplayReport.Run result() {
    RecordedRun run = recorded();
    if (outcome == null) { // whatever ended the body is in the log of the application
      differs(new IllegalStateException("the body was left, see what was logged"));
    }
    List<StepRecord> steps = run.steps();
    return new ReplayReport.Run(
        run.run().id(),
        run.state(),
        steps.size(),
        steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1).name()),
        outcome == null ? Outcome.DIFFERENT : outcome,
        difference);
  }

  private RecordedRun recorded() {
    if (recorded == null) {
      throw new IllegalStateException("no run was loaded");
    }
    return recorded;
  }

  private void is(Outcome found) {
    if (outcome == null) {
      outcome = found;
    }
  }

  @Override
  public boolean hasReferences() {
    return source != null;
  }

  @Override
  public void differs(HeldRun run, Throwable why) {
    differs(why);
  }

  private void differs(Throwable why) {
    if (difference == null) {
      outcome = Outcome.DIFFERENT;
      difference = why;
    }
  }

  @Override
  public Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    NewRun run = recorded().run();
    if (taken || !workflows.contains(run.id().workflow())) {
      return Optional.empty();
    }
    taken = true;
    return Optional.of(new HeldRun(run, 1, 0, LATE, 0, null));
  }

  @Override
  public List<StepRecord> steps(RunId run) {
    return recorded().steps();
  }

  /** The only step that a body has written before it gets to an action says that the run fails. */
  @Override
  public Optional<String> write(HeldRun run, StepRecord step) {
    if (step.kind() == StepRecord.Kind.FAILURE && recorded().state() == RunStatus.State.COMPLETE) {
      differs(new IllegalStateException("it was complete, and fails now: " + step.error()));
    }
    return Optional.empty();
  }

  @Override
  public void suspend(HeldRun run, Instant dueAt, int failures, @Nullable String error) {
    is(Outcome.OPEN);
  }

  @Override
  public void suspendForEvent(HeldRun run, Instant dueAt, String event) {
    is(Outcome.OPEN);
  }

  @Override
  public void continueAs(HeldRun run, RawJson payload, StepRecord first) {
    is(Outcome.OPEN);
  }

  @Override
  public void end(
      HeldRun run, RunStatus.State state, @Nullable RawJson output, @Nullable String error) {
    is(Outcome.ENDED);
  }

  @Override
  public void writeProgress(HeldRun run, RunProgress progress) {}

  @Override
  public boolean renew(HeldRun run, Duration lease) {
    return true;
  }

  @Override
  public RunAdministration administration() {
    if (source == null) {
      throw onlyReplayed();
    }
    return source.administration();
  }

  // ---- What nobody asks a recording for

  @Override
  public Optional<HeldRun> start(NewRun run, Duration lease) {
    throw onlyReplayed();
  }

  @Override
  public void giveBack(HeldRun run) {
    throw onlyReplayed();
  }

  @Override
  public Optional<Duration> untilDue(Collection<String> workflows) {
    throw onlyReplayed();
  }

  @Override
  public SignalResult signal(RunId run, EventRecord event) {
    throw onlyReplayed();
  }

  @Override
  public Optional<EventRecord> nextEvent(RunId run, String event) {
    throw onlyReplayed();
  }

  @Override
  public Optional<String> take(HeldRun run, StepRecord step, EventRecord event) {
    throw onlyReplayed();
  }

  @Override
  public Optional<RunProgress> progress(RunId run) {
    throw onlyReplayed();
  }

  @Override
  public Optional<RunStatus> status(RunId run) {
    throw onlyReplayed();
  }

  private static UnsupportedOperationException onlyReplayed() {
    return new UnsupportedOperationException("a recording is only replayed");
  }
}

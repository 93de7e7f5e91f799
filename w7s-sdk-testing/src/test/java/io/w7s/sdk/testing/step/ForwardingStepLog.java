package io.w7s.sdk.testing.step;

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
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A log that does as another one, for tests that change a part of it. */
class ForwardingStepLog implements StepLog {

  private final StepLog log;

  ForwardingStepLog(StepLog log) {
    this.log = log;
  }

  @Override
  public TimeSource time() {
    return log.time();
  }

  @Override
  public Optional<HeldRun> start(NewRun run, Duration lease) {
    return log.start(run, lease);
  }

  @Override
  public Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    return log.takeDue(workflows, lease);
  }

  @Override
  public Optional<Duration> untilDue(Collection<String> workflows) {
    return log.untilDue(workflows);
  }

  @Override
  public void giveBack(HeldRun run) {
    log.giveBack(run);
  }

  @Override
  public boolean renew(HeldRun run, Duration lease) {
    return log.renew(run, lease);
  }

  @Override
  public List<StepRecord> steps(RunId run) {
    return log.steps(run);
  }

  @Override
  public Optional<String> write(HeldRun run, StepRecord step) {
    return log.write(run, step);
  }

  @Override
  public void suspend(HeldRun run, Instant dueAt, int failures, String error) {
    log.suspend(run, dueAt, failures, error);
  }

  @Override
  public SignalResult signal(RunId run, EventRecord event) {
    return log.signal(run, event);
  }

  @Override
  public Optional<EventRecord> nextEvent(RunId run, String event) {
    return log.nextEvent(run, event);
  }

  @Override
  public Optional<String> take(HeldRun run, StepRecord step, EventRecord event) {
    return log.take(run, step, event);
  }

  @Override
  public void suspendForEvent(HeldRun run, Instant dueAt, String event) {
    log.suspendForEvent(run, dueAt, event);
  }

  @Override
  public void writeProgress(HeldRun run, RunProgress progress) {
    log.writeProgress(run, progress);
  }

  @Override
  public Optional<RunProgress> progress(RunId run) {
    return log.progress(run);
  }

  @Override
  public void continueAs(HeldRun run, RawJson payload, StepRecord first) {
    log.continueAs(run, payload, first);
  }

  @Override
  public void end(HeldRun run, RunStatus.State state, RawJson output, String error) {
    log.end(run, state, output, error);
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

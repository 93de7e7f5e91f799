package io.w7s.sdk.app;

import io.w7s.sdk.internal.step.LargeValues;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The durable workflows of an app, and the log of their runs. Thread-safe. */
final class DurableRuns {

  private static final Logger logger = LoggerFactory.getLogger(W7sApp.class);

  private final StepLog log;
  private final StepSettings settings;

  /** By the workflow, {@code owner/repo/name}. */
  private final Map<String, StepsRoute<?, ?>> workflows;

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  DurableRuns(StepLog log, StepSettings settings, Map<String, StepsRoute<?, ?>> workflows) {
    this.log = log;
    this.settings = settings;
    this.workflows = Map.copyOf(workflows);
  }

  StepLog log() {
    return log;
  }

  StepSettings settings() {
    return settings;
  }

  WorkflowRuns runs() {
    return new WorkflowRuns(log, List.copyOf(workflows.keySet()), large(), this::changed);
  }

  /** Returns what moves the values that are too large for the log. */
  LargeValues large() {
    return LargeValues.of(settings.blobs().orElse(null));
  }

  /**
   * Returns what the log gets of a value.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when it is too large
   */
  RawJson toLog(String what, RawJson value) {
    return large().toLog(what, value, log.time().now(), log.time().random());
  }

  /** Takes the run that has been due the longest. */
  Optional<HeldRun> takeDue() {
    return log.takeDue(workflows.keySet(), settings.lease());
  }

  /** Returns how long a run is held that is taken. */
  Duration lease() {
    return settings.lease();
  }

  /** Returns how often in a row a run is taken from a process that has died. */
  int maxTakeovers() {
    return settings.maxTakeovers();
  }

  /**
   * Lets a run go as if it had not been taken. Throws nothing: it is taken up when its lease ends.
   */
  void giveBack(HeldRun held) {
    try {
      log.giveBack(held);
    } catch (Throwable thrown) {
      wasLeft(held, thrown);
    }
  }

  private static void wasLeft(HeldRun held, Throwable thrown) {
    logger.error("{} was left, and is taken up when its lease ends", held.id(), thrown);
  }

  /** Returns how long it is until a run is due; empty when none will be. */
  Optional<Duration> untilDue() {
    return log.untilDue(workflows.keySet());
  }

  /**
   * Goes on with all runs that are due, one after the other, until the thread is interrupted: a run
   * that was left because of that is due at once. Returns how many were due.
   */
  int runDue(AppContext context) {
    int due = 0;
    while (!Thread.currentThread().isInterrupted()) {
      Optional<HeldRun> held = takeDue();
      if (held.isEmpty()) {
        break;
      }
      due++;
      goOn(held.get(), context, () -> true);
    }
    return due;
  }

  /**
   * Goes on with a run that was taken. Throws nothing: it is taken up when its lease ends.
   *
   * @param interrupted says whether others may have interrupted the thread
   */
  void goOn(HeldRun held, AppContext context, BooleanSupplier interrupted) {
    StepsRoute<?, ?> route = route(held.id().workflow());
    try {
      route.goOn(held, context, interrupted);
    } catch (Throwable thrown) {
      wasLeft(held, thrown);
    }
  }

  /**
   * Gives an event to a run. If the run waits for it here, it goes on at once. A value that is too
   * large for the log is stored if the run is there.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when the value is too large
   */
  SignalResult signal(RunId run, EventRecord event) {
    RawJson value = event.value();
    if (LargeValues.isMoved(value) && log.administration().find(run).isEmpty()) {
      return SignalResult.NO_RUN;
    }
    RawJson logged = toLog("value of the event", value);
    try {
      return log.signal(run, new EventRecord(event.name(), event.id(), logged));
    } finally {
      changed();
    }
  }

  /**
   * Returns what runs a workflow.
   *
   * @throws IllegalStateException when it is none of the app's
   */
  StepsRoute<?, ?> route(String workflow) {
    StepsRoute<?, ?> route = workflows.get(workflow);
    if (route == null) {
      throw new IllegalStateException("the app has no durable workflow " + workflow);
    }
    return route;
  }

  void addListener(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** Says that a run may be due at another time than before. */
  void changed() {
    listeners.forEach(Runnable::run);
  }
}

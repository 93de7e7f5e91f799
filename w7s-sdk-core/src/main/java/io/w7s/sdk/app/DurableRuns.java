package io.w7s.sdk.app;

import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
    return new WorkflowRuns(log, List.copyOf(workflows.keySet()), this::changed);
  }

  /** Takes the run that has been due the longest. */
  Optional<HeldRun> takeDue() {
    return log.takeDue(workflows.keySet(), settings.lease());
  }

  /** Returns how long it is until a run is due; empty when none will be. */
  Optional<Duration> untilDue() {
    return log.untilDue(workflows.keySet());
  }

  /** Goes on with all runs that are due, one after the other; returns how many were. */
  int runDue(AppContext context) {
    int due = 0;
    for (Optional<HeldRun> held = takeDue(); held.isPresent(); held = takeDue()) {
      due++;
      goOn(held.get(), context);
    }
    return due;
  }

  /** Goes on with a run that was taken. Throws nothing: it is taken up when its lease ends. */
  void goOn(HeldRun held, AppContext context) {
    StepsRoute<?, ?> route = workflows.get(held.id().workflow());
    if (route == null) {
      throw new IllegalStateException("the log has given " + held.id() + ", unasked");
    }
    try {
      route.goOn(held, context);
    } catch (Throwable thrown) {
      logger.error("{} was left, and is taken up when its lease ends", held.id(), thrown);
    }
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

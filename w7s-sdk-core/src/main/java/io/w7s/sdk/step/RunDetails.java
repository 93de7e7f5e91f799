package io.w7s.sdk.step;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a run stands, with its steps. It comes from the log alone, so it is there also when the
 * process of the run is dead. Immutable.
 */
public final class RunDetails {

  private final RunInfo info;
  private final List<StepRecord> steps;

  /**
   * Creates one. For the SDK and for tests.
   *
   * @param info the run
   * @param steps its steps, in the order of their positions
   */
  public RunDetails(RunInfo info, List<StepRecord> steps) {
    this.info = info;
    this.steps = List.copyOf(steps);
  }

  /** Returns the run: its state, its times and its error. */
  public RunInfo info() {
    return info;
  }

  /** Returns all steps that the log has, in their order; unmodifiable. */
  public List<StepRecord> steps() {
    return steps;
  }

  /** Returns the steps that have ended, well or not, in their order. */
  public List<StepRecord> finishedSteps() {
    return steps.stream().filter(step -> !isUnderWay(step)).toList();
  }

  /**
   * Returns the step that the run is at: one that waits, that is tried again, or whose action runs
   * at most once; of several side by side, the first. It is empty while an action runs for the
   * first time, because the log has nothing of a step before its end; then it is the one behind the
   * last of {@link #finishedSteps()}.
   */
  public Optional<StepRecord> currentStep() {
    return steps.stream().filter(this::isUnderWay).findFirst();
  }

  private boolean isUnderWay(StepRecord step) {
    if (info.state().ended()) {
      return false;
    }
    return switch (step.state()) {
      case STARTED, RETRYING -> true;
      case WAITING -> info.state() == RunStatus.State.WAITING;
      default -> false;
    };
  }

  /** Returns the last error: that of the run, or of the step that it is at; empty for none. */
  public Optional<String> lastError() {
    @Nullable String error = info.error();
    return error != null ? Optional.of(error) : currentStep().map(StepRecord::error);
  }

  /** Returns when the run goes on; empty unless it waits. */
  public Optional<Instant> nextWake() {
    return info.state() == RunStatus.State.WAITING
        ? Optional.ofNullable(info.dueAt())
        : Optional.empty();
  }

  /** Returns the run and its state. */
  @Override
  public String toString() {
    return "RunDetails[" + info.id() + ", " + info.state() + ", " + steps.size() + " steps]";
  }
}

package io.w7s.sdk.internal.step;

import io.w7s.sdk.step.Branch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A branch that runs beside others, and how it has ended. Run by one thread; others see how it has
 * ended once {@link SideBySide} has returned.
 *
 * @param <T> the type of the result
 */
final class RunningBranch<T extends @Nullable Object> implements SideBySide.Task {

  private final Branch<T> branch;
  private final ActionStep<T> step;
  private @Nullable T result;
  private @Nullable Throwable thrown;

  RunningBranch(Branch<T> branch, ActionStep<T> step) {
    this.branch = branch;
    this.step = step;
  }

  @Override
  public boolean run() {
    try {
      result = step.run();
    } catch (Throwable failed) {
      thrown = failed;
    }
    return thrown instanceof Suspended suspended && suspended.wasInterrupted();
  }

  @Override
  public void skip() {
    thrown = Suspended.interrupted();
  }

  /** Returns whether the log has the result, so that to run it is to read that. */
  boolean isInLog() {
    return step.isInLog();
  }

  Branch<T> branch() {
    return branch;
  }

  /** Returns the result; null as long as there is none. */
  @Nullable T result() {
    return result;
  }

  /** Returns why there is no result; null when there is one. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Returns what undoes the branch; empty for nothing, or when it has no result. */
  @SuppressWarnings("NullAway") // a result that is null is one of the branch's type
  Optional<Compensation> compensation() {
    return branch
        .compensation()
        .filter(each -> thrown == null)
        .map(
            each ->
                new Compensation(each.name(), each.options(), () -> each.action().undo(result)));
  }
}

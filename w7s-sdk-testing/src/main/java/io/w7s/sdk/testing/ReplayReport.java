package io.w7s.sdk.testing;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepOrderException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What changed code has made of recorded runs; see {@link StepLogs}.
 *
 * @param runs the runs, in the order in which they were replayed
 */
public record ReplayReport(List<Run> runs) {

  private static final int SHOWN = 10;

  /** Copies the runs. */
  public ReplayReport {
    runs = List.copyOf(runs);
  }

  /** How the replay of a run has ended. */
  public enum Outcome {
    /** The code has ended as the run has. */
    ENDED,
    /** The code has come to the end of what was recorded, and would go on. */
    OPEN,
    /** The code does not do what was recorded. */
    DIFFERENT
  }

  /**
   * A run that was replayed.
   *
   * @param id the run
   * @param state how the recorded run stood
   * @param steps how many steps were recorded; the code has asked for all of them unless it is
   *     different
   * @param lastStep the name of the last of them; empty for none
   * @param outcome how the replay has ended
   * @param cause a {@link StepOrderException}, which names the step, what was recorded, what the
   *     code asks for, and the two ways out; or what the body has thrown outside of its steps. Null
   *     unless the outcome is {@code DIFFERENT}
   */
  public record Run(
      RunId id,
      RunStatus.State state,
      int steps,
      Optional<String> lastStep,
      Outcome outcome,
      @Nullable Throwable cause) {

    /** Refuses null where it is not allowed. */
    public Run {
      requireNonNull(id, "id");
      requireNonNull(state, "state");
      requireNonNull(lastStep, "lastStep");
      requireNonNull(outcome, "outcome");
    }

    /** Returns what was found, on one line. */
    @Override
    public String toString() {
      String behind = lastStep.map(step -> ", the last is \"" + step + "\"").orElse("");
      return switch (outcome) {
        case ENDED -> "%s: ended as recorded (%d steps%s)".formatted(id, steps, behind);
        case OPEN ->
            "%s: came to the end of what was recorded (%d steps%s)".formatted(id, steps, behind);
        case DIFFERENT ->
            cause instanceof StepOrderException changed
                ? String.valueOf(changed.getMessage())
                : "%s, with %d steps%s: %s".formatted(id, steps, behind, cause);
      };
    }
  }

  /** Returns the runs that the changed code would not go on with. */
  public List<Run> differences() {
    return runs.stream().filter(run -> run.outcome() == Outcome.DIFFERENT).toList();
  }

  private long count(Outcome outcome) {
    return runs.stream().filter(run -> run.outcome() == outcome).count();
  }

  /**
   * Checks that the code goes on with each of the runs, and that there were any.
   *
   * @return this
   * @throws AssertionError when there is a difference; its message has the first 10 of them, and
   *     its cause is the first
   */
  public ReplayReport assertNoDifferences() {
    if (runs.isEmpty()) {
      throw new AssertionError("no run was replayed");
    }
    List<Run> differences = differences();
    if (differences.isEmpty()) {
      return this;
    }
    String shown =
        differences.stream().limit(SHOWN).map(each -> "\n  " + each).collect(Collectors.joining());
    String more =
        differences.size() <= SHOWN ? "" : "\n  and " + (differences.size() - SHOWN) + " more";
    throw new AssertionError(this + ":" + shown + more, differences.get(0).cause());
  }

  /** Returns the counts. */
  @Override
  public String toString() {
    return "replayed %d runs with %d steps: %d ended as recorded, %d came to the end of what was recorded, %d differ"
        .formatted(
            runs.size(),
            runs.stream().mapToLong(Run::steps).sum(),
            count(Outcome.ENDED),
            count(Outcome.OPEN),
            count(Outcome.DIFFERENT));
  }
}

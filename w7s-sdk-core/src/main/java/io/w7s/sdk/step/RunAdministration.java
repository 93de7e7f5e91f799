package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link StepLog} does for those who look after its runs. Applications use {@code
 * W7sApp.runs()}, which does it with checks.
 *
 * <p>Every method may throw an unchecked exception when the log cannot be reached. Implementations
 * are thread-safe. {@code StepLogContract} in {@code w7s-sdk-testing} tests one.
 */
public interface RunAdministration {

  /**
   * Returns a page of runs: the one that was started last first, and of several that were started
   * in one millisecond in an order that does not change.
   *
   * @param workflows the workflows, {@code owner/repo/name}; at least one. That of the query is not
   *     looked at
   */
  List<RunInfo> list(Collection<String> workflows, RunQuery query);

  /**
   * Counts runs by their state.
   *
   * @param workflows the workflows, {@code owner/repo/name}; at least one
   * @param states the states that are counted; at least one
   * @return a number for each of the states, also where it is zero
   */
  Map<RunStatus.State, Long> count(Collection<String> workflows, Set<RunStatus.State> states);

  /** Returns a run; empty when there is none with the id. */
  Optional<RunInfo> find(RunId run);

  /**
   * Returns what a run was started with, or has last begun anew with; empty when there is none with
   * the id.
   */
  Optional<NewRun> input(RunId run);

  /**
   * Asks for the end of a run at its next step. One that waits is due at once. A reason that is
   * there already stays.
   *
   * @param reason why, at most 1,000 characters
   * @return false when the run has ended, or is not there
   */
  boolean requestCancel(RunId run, String reason);

  /**
   * Ends a run as {@code CANCELLED}. The process that holds it loses its lease.
   *
   * @param reason the error of the run, at most 1,000 characters
   * @return false when the run has ended, or is not there
   */
  boolean terminate(RunId run, String reason);

  /**
   * Makes a run due that has ended, and removes steps from its log, both or neither. The events
   * that these steps had taken can be taken again.
   *
   * @param run the run as it was when it was decided what to keep
   * @param keep the steps that are not removed
   * @return false when the run is not as it was then, or has not ended
   */
  boolean reopen(RunInfo run, Kept keep);

  /**
   * Which steps of a run stay in its log.
   *
   * @param before the position of the first step that does not
   * @param branches the names of steps behind it that stay all the same: branches that have ended
   *     beside one that failed, and compensations that are done
   */
  record Kept(int before, List<String> branches) {

    /** Copies the names. */
    public Kept {
      branches = List.copyOf(branches);
    }

    /** Keeps the steps before a position. */
    public static Kept before(int position) {
      return new Kept(position, List.of());
    }
  }

  /**
   * Makes new runs of others, all or none. A new run has the payload of the other, some of its
   * steps, and its events, and is due at once. One that is there already stays as it is. None is
   * made of a run that has been taken, tried again or begun anew since it was decided what to keep.
   *
   * @param forks what is made
   * @return those whose run has changed; empty for none
   */
  List<Fork> fork(List<Fork> forks);

  /**
   * A run that is made of another.
   *
   * @param from the run whose payload and steps are copied, as it was when it was decided which
   * @param to the new run, of the same workflow
   * @param keep the steps that are copied
   */
  record Fork(RunInfo from, RunId to, Kept keep) {

    /** Refuses null. */
    public Fork {
      requireNonNull(from, "from");
      requireNonNull(to, "to");
      requireNonNull(keep, "keep");
    }
  }

  /**
   * Deletes runs that ended long ago, the oldest first, with their steps.
   *
   * @param workflows the workflows, {@code owner/repo/name}; at least one
   * @param olderThan how long ago they ended at least
   * @param limit how many at most
   * @return how many were deleted
   */
  int deleteEnded(Collection<String> workflows, Duration olderThan, int limit);
}

package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a log has of a run, without its payload, its result and its steps.
 *
 * @param id the run
 * @param state its state
 * @param epoch how often it has been taken up, or was changed from outside
 * @param startedAt when it was started, by the log's clock; it never changes
 * @param endedAt when it ended; null as long as it has not
 * @param dueAt when it is taken up: the end of its wait, or of the lease of the process that holds
 *     it; null once it has ended
 * @param failures how often in a row its body has thrown outside of its steps
 * @param takeovers how often in a row it was taken from a process that had died, without a new step
 * @param error why it failed, or why its body last threw outside of its steps; null for none
 * @param cancelReason why it is to be cancelled; null when nobody has asked for it
 * @param forkedFrom the instance that it is a fork of; null for none
 */
public record RunInfo(
    RunId id,
    RunStatus.State state,
    long epoch,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Instant dueAt,
    int failures,
    int takeovers,
    @Nullable String error,
    @Nullable String cancelReason,
    @Nullable String forkedFrom) {

  /** Refuses null where it is not allowed. */
  public RunInfo {
    requireNonNull(id, "id");
    requireNonNull(state, "state");
    requireNonNull(startedAt, "startedAt");
  }

  /** Returns the run and its state. Errors and reasons are left out: they may be secret. */
  @Override
  public String toString() {
    return "RunInfo[" + id + ", " + state + "]";
  }
}

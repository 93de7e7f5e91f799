package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a run stands.
 *
 * @param id the run
 * @param state its state
 * @param output the result of the body; null unless the run is complete
 * @param error why it failed, or why its body last threw outside of its steps; null for none
 * @param dueAt when it is taken up: the end of its wait, or of the lease of the process that holds
 *     it; null once it has ended
 */
public record RunStatus(
    RunId id,
    State state,
    @Nullable RawJson output,
    @Nullable String error,
    @Nullable Instant dueAt) {

  /** Refuses null where it is not allowed. */
  public RunStatus {
    requireNonNull(id, "id");
    requireNonNull(state, "state");
  }

  /** The state of a run. */
  public enum State {
    /** A process holds it, or has held it until it died. */
    RUNNING,
    /** It waits, or for its turn. */
    WAITING,
    /** Its body has returned. */
    COMPLETE,
    /** It was rejected, or has failed in the end. */
    FAILED,
    /** It was cancelled, or terminated. */
    CANCELLED;

    /** Returns whether the run has ended. */
    public boolean ended() {
      return this == COMPLETE || this == FAILED || this == CANCELLED;
    }
  }

  /** Returns the run and its state. Output and error are left out: they may be secret. */
  @Override
  public String toString() {
    return "RunStatus[" + id + ", " + state + "]";
  }
}

package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a log has of a step.
 *
 * @param position the number of the step in its run, from 0
 * @param name the name, which no other step of the run has; 1 to 200 characters
 * @param kind what the step does
 * @param type the type of its value, as source code would write it; empty where it has none; at
 *     most 1,000 characters
 * @param state how it stands
 * @param attempts how often its action has run
 * @param value the value; null as long as there is none
 * @param error why the last attempt failed, or why nobody has its result; at most 1,000 characters;
 *     null where it has not failed, or only its process has ended
 * @param at when this was written, by the log's clock
 * @param dueAt when the step is due; null where it does not wait
 */
public record StepRecord(
    int position,
    String name,
    Kind kind,
    String type,
    State state,
    int attempts,
    @Nullable RawJson value,
    @Nullable String error,
    Instant at,
    @Nullable Instant dueAt) {

  /** Refuses null where it is not allowed. */
  public StepRecord {
    requireNonNull(name, "name");
    requireNonNull(kind, "kind");
    requireNonNull(type, "type");
    requireNonNull(state, "state");
    requireNonNull(at, "at");
  }

  /** What a step does. */
  public enum Kind {
    /** Runs an action. */
    RUN,
    /** Runs an action side by side with others; its name is {@code group/branch}. */
    BRANCH,
    /** Runs an action in a transaction that writes the step, too. */
    TRANSACTION,
    /** Waits. */
    SLEEP,
    /** Waits for an event. Its type begins with the event's name; it has no value if none came. */
    EVENT,
    /** Chooses between old code and new. */
    VERSION,
    /** Calls a route. */
    CALL,
    /** Sends a message. */
    SEND,
    /** Publishes an event. */
    PUBLISH,
    /** Starts another workflow. */
    START,
    /**
     * Says how often the run has begun anew, its value; the first step of all but the first time.
     */
    CONTINUED,
    /** Says that the run fails; its error is the reason. */
    FAILURE,
    /** Says that the run is cancelled; its error is the reason. */
    CANCELLATION,
    /** Undoes what an earlier step did. */
    COMPENSATION
  }

  /** How a step stands. */
  public enum State {
    /** An action that runs at most once was started. */
    STARTED,
    /** The last attempt failed, and there will be another one. */
    RETRYING,
    /** It waits until it is due. */
    WAITING,
    /** It has its value. */
    DONE,
    /** It has failed for good. */
    FAILED,
    /** Its action has rejected the run. */
    REJECTED,
    /** An action that runs at most once was started, and nobody has its result. */
    INTERRUPTED
  }

  /** Returns the step without its value and its error, which may be secret. */
  @Override
  public String toString() {
    return "StepRecord[" + position + ", " + name + ", " + kind + ", " + state + "]";
  }
}

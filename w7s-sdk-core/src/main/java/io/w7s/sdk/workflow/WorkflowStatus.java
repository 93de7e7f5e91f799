package io.w7s.sdk.workflow;

import java.util.Optional;

/**
 * How a workflow instance is doing.
 *
 * @param state where it stands
 * @param output what the handler answered; there once it is complete
 * @param error the platform's error text; there when it errored and the platform says why
 */
public record WorkflowStatus(State state, Optional<Output> output, Optional<String> error) {

  /** Returns a status with neither output nor error. */
  public static WorkflowStatus of(State state) {
    return new WorkflowStatus(state, Optional.empty(), Optional.empty());
  }

  /**
   * What a workflow's handler answered at last.
   *
   * @param status the handler's HTTP status, 2xx
   * @param contentType the content type; empty when there was none
   * @param body the body, cut by the platform to 65,536 characters
   */
  public record Output(int status, String contentType, String body) {

    /** Returns status and content type; not the body, for it may be secret. */
    @Override
    public String toString() {
      return "Output[status=" + status + ", contentType=" + contentType + "]";
    }
  }

  /** Where an instance stands, in the platform's words. */
  public enum State {
    /** It waits for its turn. */
    QUEUED("queued"),
    /** Its handler runs. */
    RUNNING("running"),
    /** It was paused. */
    PAUSED("paused"),
    /** It failed, after the platform's retries. */
    ERRORED("errored"),
    /** It was ended from outside. */
    TERMINATED("terminated"),
    /** Its handler answered 2xx. */
    COMPLETE("complete"),
    /** It waits for something, such as its next retry. */
    WAITING("waiting"),
    /** It will be paused. */
    WAITING_FOR_PAUSE("waitingForPause"),
    /** The platform does not know, or said a word that this SDK does not. */
    UNKNOWN("unknown");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /** Returns the platform's word. */
    public String word() {
      return word;
    }

    /** Returns whether it has come to an end: complete, errored or terminated. */
    public boolean ended() {
      return this == COMPLETE || this == ERRORED || this == TERMINATED;
    }

    /** Returns the state of a platform's word; {@link #UNKNOWN} for a word that is none. */
    public static State of(String word) {
      for (State state : values()) {
        if (state.word.equals(word)) {
          return state;
        }
      }
      return UNKNOWN;
    }
  }
}

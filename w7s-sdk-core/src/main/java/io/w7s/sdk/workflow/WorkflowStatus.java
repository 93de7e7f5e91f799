package io.w7s.sdk.workflow;

import java.util.Objects;
import java.util.Optional;

/** The status of a workflow instance. Immutable; equal to another with the same values. */
public final class WorkflowStatus {

  private final State state;
  private final Optional<Output> output;
  private final Optional<String> error;

  /**
   * Creates a status. For transports and tests.
   *
   * @param state the state of the instance
   * @param output the handler's response; empty before the instance is complete
   * @param error the platform's error text; empty when it gave none
   */
  public WorkflowStatus(State state, Optional<Output> output, Optional<String> error) {
    this.state = state;
    this.output = output;
    this.error = error;
  }

  /** Returns a status with neither output nor error. */
  public static WorkflowStatus of(State state) {
    return new WorkflowStatus(state, Optional.empty(), Optional.empty());
  }

  /** Returns the state of the instance. */
  public State state() {
    return state;
  }

  /** Returns the handler's response; empty before the instance is complete. */
  public Optional<Output> output() {
    return output;
  }

  /** Returns the platform's error text for an instance that errored; empty when it gave none. */
  public Optional<String> error() {
    return error;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WorkflowStatus status
        && state == status.state
        && output.equals(status.output)
        && error.equals(status.error);
  }

  @Override
  public int hashCode() {
    return Objects.hash(state, output, error);
  }

  /** Returns the state, the output without its body, and the error. */
  @Override
  public String toString() {
    return "WorkflowStatus[state="
        + state
        + output.map(value -> ", output=" + value).orElse("")
        + error.map(value -> ", error=" + value).orElse("")
        + "]";
  }

  /**
   * The last response of a workflow's handler. Immutable; equal to another with the same values.
   */
  public static final class Output {

    private final int status;
    private final String contentType;
    private final String body;

    /**
     * Creates an output. For transports and tests.
     *
     * @param status the HTTP status, 2xx
     * @param contentType the content type; empty when there was none
     * @param body the body, of at most 65,536 characters
     */
    public Output(int status, String contentType, String body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }

    /** Returns the HTTP status, 2xx. */
    public int status() {
      return status;
    }

    /** Returns the content type; empty when there was none. */
    public String contentType() {
      return contentType;
    }

    /** Returns the body, which the platform has cut to 65,536 characters. */
    public String body() {
      return body;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Output output
          && status == output.status
          && contentType.equals(output.contentType)
          && body.equals(output.body);
    }

    @Override
    public int hashCode() {
      return Objects.hash(status, contentType, body);
    }

    /** Returns status and content type, but not the body, because it may be secret. */
    @Override
    public String toString() {
      return "Output[status=" + status + ", contentType=" + contentType + "]";
    }
  }

  /** The state of an instance, in the platform's words. */
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
    /** Its handler responded with 2xx. */
    COMPLETE("complete"),
    /** It waits for something, such as its next retry. */
    WAITING("waiting"),
    /** It will be paused. */
    WAITING_FOR_PAUSE("waitingForPause"),
    /** The platform does not know the state, or this SDK does not know the platform's word. */
    UNKNOWN("unknown");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /** Returns the platform's word. */
    public String word() {
      return word;
    }

    /** Returns whether the instance has ended: it is complete, errored or terminated. */
    public boolean ended() {
      return this == COMPLETE || this == ERRORED || this == TERMINATED;
    }

    /** Returns the state for a word of the platform; {@link #UNKNOWN} for any other word. */
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

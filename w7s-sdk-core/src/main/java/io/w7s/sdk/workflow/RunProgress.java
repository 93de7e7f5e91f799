package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * How far a durable run says it has come, see {@link io.w7s.sdk.step.Steps#status}. Immutable.
 *
 * @param status what it does, 1 to 200 characters
 * @param done which part of the work is done, from 0 to 1; empty where the run does not say
 * @param at when it said so, by the log's clock
 */
public record RunProgress(String status, OptionalDouble done, Instant at) {

  /** The longest status, in characters: 200. */
  public static final int MAX_STATUS_LENGTH = 200;

  /**
   * Checks the status and the part.
   *
   * @throws InvalidInputException when one of them is not valid
   */
  public RunProgress {
    requireNonNull(done, "done");
    requireNonNull(at, "at");
    if (requireNonNull(status, "status").isEmpty() || status.length() > MAX_STATUS_LENGTH) {
      throw new InvalidInputException(
          "status of a run", status.length() + " characters", "from 1 to " + MAX_STATUS_LENGTH);
    }
    if (!Names.isStorable(status)) {
      throw new InvalidInputException(
          "status of a run",
          "text that cannot be stored",
          "without control characters and unpaired surrogates");
    }
    if (done.isPresent() && !(done.getAsDouble() >= 0 && done.getAsDouble() <= 1)) {
      throw new InvalidInputException(
          "progress of a run", String.valueOf(done.getAsDouble()), "from 0 to 1");
    }
  }
}

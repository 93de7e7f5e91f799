package io.w7s.sdk.queue;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.HasCallOptions;
import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;

/**
 * What can be set when sending a message. Immutable: each method returns a changed copy.
 *
 * @param call what can be set on every call
 * @param delay how long the platform holds the message back: whole seconds, zero to a day
 */
public record SendOptions(CallOptions call, Duration delay) implements HasCallOptions<SendOptions> {

  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  /** Checks the delay. */
  public SendOptions {
    boolean wholeSeconds = delay.equals(Duration.ofSeconds(delay.toSeconds()));
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0 || !wholeSeconds) {
      throw new InvalidInputException(
          "send delay", delay.toString(), "whole seconds from 0 to 86,400");
    }
  }

  /** Returns options without a delay. */
  public static SendOptions of(CallOptions call) {
    return new SendOptions(call, Duration.ZERO);
  }

  /** Holds the message back: whole seconds, zero (the default) to a day. */
  public SendOptions delay(Duration delay) {
    return new SendOptions(call, delay);
  }

  @Override
  public SendOptions call(CallOptions call) {
    return new SendOptions(call, delay);
  }
}

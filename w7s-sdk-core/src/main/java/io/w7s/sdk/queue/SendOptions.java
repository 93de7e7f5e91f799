package io.w7s.sdk.queue;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.HasCallOptions;
import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * What can be set when sending a message. Immutable: each method returns a changed copy.
 *
 * @param call what can be set on every call
 * @param delay how long the platform holds the message back: whole seconds, zero to a day
 * @param cloudEventType the type of the CloudEvent that the message is written as; empty for the
 *     body alone
 */
public record SendOptions(CallOptions call, Duration delay, Optional<String> cloudEventType)
    implements HasCallOptions<SendOptions> {

  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  /** Checks the delay and the type. */
  public SendOptions {
    boolean wholeSeconds = delay.equals(Duration.ofSeconds(delay.toSeconds()));
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0 || !wholeSeconds) {
      throw new InvalidInputException(
          "send delay", delay.toString(), "whole seconds from 0 to 86,400");
    }
    cloudEventType.ifPresent(SendOptions::check);
  }

  /** Returns options without a delay. */
  public static SendOptions of(CallOptions call) {
    return new SendOptions(call, Duration.ZERO, Optional.empty());
  }

  /** Holds the message back: whole seconds, zero (the default) to a day. */
  public SendOptions delay(Duration delay) {
    return new SendOptions(call, delay, cloudEventType);
  }

  /**
   * Writes the message as a CloudEvent 1.0 in structured JSON, with the body as its data, for
   * consumers that are not written with this SDK. Those that are take both forms alike. It has a
   * random id, the sending app as its source, the time of sending, and the {@code traceparent}
   * header of the call where there is one.
   *
   * @param type its type, for example {@code com.example.job.created}; not blank
   */
  public SendOptions asCloudEvent(String type) {
    return new SendOptions(call, delay, Optional.of(type));
  }

  @Override
  public SendOptions call(CallOptions call) {
    return new SendOptions(call, delay, cloudEventType);
  }

  private static void check(String type) {
    if (type.isBlank()) {
      throw new InvalidInputException("CloudEvent type", "blank text", "not blank");
    }
  }
}

package io.w7s.sdk.queue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.TraceParent;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a send. */
public final class SendOptions extends CallSettings<SendOptions> {

  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  private Duration delay = Duration.ZERO;
  private @Nullable String cloudEventType;
  private @Nullable String traceParent;

  /** Starts from defaults, without a delay. The client calls this. */
  public SendOptions(CallOptions defaults) {
    super(defaults);
  }

  /**
   * Sets how long the platform holds the message back. Default: not at all.
   *
   * @param delay whole seconds, from zero to a day
   * @throws InvalidInputException when the delay is anything else
   */
  public SendOptions delay(Duration delay) {
    boolean wholeSeconds = requireNonNull(delay, "delay").toNanosPart() == 0;
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0 || !wholeSeconds) {
      throw new InvalidInputException(
          "send delay", delay.toString(), "whole seconds from 0 to 86,400");
    }
    this.delay = delay;
    return this;
  }

  /**
   * Writes the message as a CloudEvent 1.0 in structured JSON with the body as its data, for
   * consumers that do not use this SDK. The event has a random id, the sending app as its source,
   * the time of sending, and the {@link #traceParent} if one is set.
   *
   * @param type its type, for example {@code com.example.job.created}; not blank
   * @throws InvalidInputException when the type is blank
   */
  public SendOptions asCloudEvent(String type) {
    if (requireNonNull(type, "type").isBlank()) {
      throw new InvalidInputException("CloudEvent type", "blank text", "not blank");
    }
    cloudEventType = type;
    return this;
  }

  /**
   * Sets the W3C trace that the message belongs to. Only a CloudEvent can carry one, because a
   * plain message has no headers: without {@link #asCloudEvent}, the send is refused.
   *
   * @param traceParent a W3C trace parent, for example {@code
   *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}
   * @throws InvalidInputException when it is not one
   */
  public SendOptions traceParent(String traceParent) {
    this.traceParent = TraceParent.checked(requireNonNull(traceParent, "traceParent"));
    return this;
  }

  /** Returns how long the platform holds the message back. */
  public Duration delay() {
    return delay;
  }

  /**
   * Returns the type of the CloudEvent that the message is written as; empty for the body alone.
   */
  public Optional<String> cloudEventType() {
    return Optional.ofNullable(cloudEventType);
  }

  /** Returns the W3C trace that the message belongs to; empty for none. */
  public Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }
}

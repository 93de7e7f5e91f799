package io.w7s.sdk.store.event;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.internal.Texts;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of what an outbox sends. Not thread-safe. */
public final class OutboxOptions extends EventOptions<OutboxOptions> {

  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  private @Nullable String key;
  private Duration delay = Duration.ZERO;

  OutboxOptions() {}

  /**
   * Sends this after what was appended before with the same key: it is not sent before that one is
   * on its way, or parked. Default: in no particular order. It is the order of sending; the
   * platform delivers in any order.
   *
   * @param key from 1 to 200 characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when it is not
   */
  public OutboxOptions inOrderOf(String key) {
    this.key = Texts.name("order key", key, MAX_STREAM_LENGTH);
    return this;
  }

  /**
   * Has the platform hold a message back, counted from when it is sent. Not for events. Default: no
   * delay.
   *
   * @param delay from zero to a day; fractions of a second are rounded up
   * @throws InvalidInputException when it is not
   */
  public OutboxOptions delay(Duration delay) {
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
      throw new InvalidInputException("delay", delay.toString(), "from zero to " + LONGEST_DELAY);
    }
    this.delay = Duration.ofSeconds(delay.plusNanos(999_999_999).toSeconds());
    return this;
  }

  /** Returns the key; empty for no order. */
  public Optional<String> orderKey() {
    return Optional.ofNullable(key);
  }

  /** Returns the delay, in whole seconds. */
  public Duration delay() {
    return delay;
  }
}

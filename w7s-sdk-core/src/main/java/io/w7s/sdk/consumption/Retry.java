package io.w7s.sdk.consumption;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;

/**
 * Thrown by a handler to have a message again after a wait of its choice: the message is held back
 * in the store of parked messages and sent again then. It is one attempt of the message like any
 * other failure, so a message that asks again and again is parked in the end.
 *
 * <pre>{@code
 * if (response.status() == 429) {
 *   throw Retry.after(ofMinutes(10));
 * }
 * }</pre>
 *
 * <p>On a queue without {@link Consumption.Builder#retry(io.w7s.sdk.queue.QueueClient)} nobody can
 * send the message again. It then fails as with any other exception, and a warning says so.
 */
public final class Retry extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration delay;

  private Retry(Duration delay, String reason) {
    super("to be tried again after " + delay + reason);
    this.delay = delay;
  }

  /**
   * Returns the exception to throw.
   *
   * @param delay how long to wait; it may exceed the platform's longest delay of a day
   * @throws InvalidInputException when the delay is negative
   */
  public static Retry after(Duration delay) {
    return new Retry(checked(delay), "");
  }

  /**
   * Returns the exception to throw.
   *
   * @param delay how long to wait; it may exceed the platform's longest delay of a day
   * @param reason why, for the person who looks at the message if it is parked in the end
   * @throws InvalidInputException when the delay is negative
   */
  public static Retry after(Duration delay, String reason) {
    return new Retry(checked(delay), ": " + reason);
  }

  private static Duration checked(Duration delay) {
    if (delay.isNegative()) {
      throw new InvalidInputException("retry delay", delay.toString(), "zero or positive");
    }
    return delay;
  }

  /** Returns how long to wait. */
  public Duration delay() {
    return delay;
  }
}

package io.w7s.sdk.consumption;

/**
 * Thrown by a handler to say that a message will never be handled, whatever is tried: it is parked
 * at once, without further attempts.
 *
 * <pre>{@code
 * if (order.amount() < 0) {
 *   throw Reject.permanently("negative amount");
 * }
 * }</pre>
 *
 * <p>On a queue without {@link Consumption.Builder#park} it is an exception like any other.
 */
public final class Reject extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private Reject(String reason, Throwable cause) {
    super(reason, cause);
  }

  private Reject(String reason) {
    super(reason);
  }

  /**
   * Returns the exception to throw.
   *
   * @param reason why the message cannot be handled, for the person who looks at it later
   */
  public static Reject permanently(String reason) {
    return new Reject(reason);
  }

  /**
   * Returns the exception to throw.
   *
   * @param reason why the message cannot be handled, for the person who looks at it later
   * @param cause what went wrong
   */
  public static Reject permanently(String reason, Throwable cause) {
    return new Reject(reason, cause);
  }
}

package io.w7s.sdk.spi;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one attempt. A transport reports it. The retry, and the exception that the caller
 * sees, are decided elsewhere.
 *
 * @param <R> the operation's result
 */
public sealed interface Outcome<R> {

  /**
   * The call got through. An RPC whose target responds with a failure status is a success here,
   * too.
   *
   * @param result the result of the operation
   */
  record Success<R>(R result) implements Outcome<R> {}

  /**
   * The platform refused.
   *
   * @param status the HTTP status, not 2xx
   * @param message the platform's own message; empty when it gave none
   * @param details the platform's details as plain JSON values; empty when it gave none
   * @param retryAfter how long the platform asked to wait; null when it did not say
   */
  record Refused<R>(
      int status, String message, Map<String, Object> details, @Nullable Duration retryAfter)
      implements Outcome<R> {}

  /**
   * No usable response came back.
   *
   * @param failure what ended the attempt
   * @param mayHaveBeenDelivered false only when the request certainly did not get through
   * @param message what went wrong, with the address that was tried
   * @param cause the transport's own exception; null when there was none
   */
  record NoResponse<R>(
      Failure failure, boolean mayHaveBeenDelivered, String message, @Nullable Throwable cause)
      implements Outcome<R> {}

  /** What can end an attempt without a response. */
  enum Failure {
    /**
     * The platform or the target could not be reached, the connection broke, or the response was
     * not one of the platform.
     */
    BROKEN,
    /** The response is larger than the transport accepts. A retry would get the same response. */
    TOO_LARGE,
    /** The time for the attempt was over. */
    TIMED_OUT,
    /** The waiting thread was interrupted; its interrupt flag is set again. */
    INTERRUPTED,
    /** The client was closed. */
    CLOSED
  }

  /** Returns this outcome; a success has the mapped result. */
  @SuppressWarnings("unchecked") // without a success there is nothing of type R in it
  default <S> Outcome<S> map(Function<? super R, ? extends S> change) {
    return this instanceof Success<R> success
        ? new Success<>(change.apply(success.result()))
        : (Outcome<S>) this;
  }

  /** Returns a success. */
  static <R> Outcome<R> success(R result) {
    return new Success<>(result);
  }

  /** Returns a refusal without details. */
  static <R> Outcome<R> refused(int status, String message) {
    return new Refused<>(status, message, Map.of(), null);
  }

  /** Returns a failure after which it is certain that nothing was delivered. */
  static <R> Outcome<R> notDelivered(String message, @Nullable Throwable cause) {
    return new NoResponse<>(Failure.BROKEN, false, message, cause);
  }

  /** Returns a failure after which the request may have had its effect. */
  static <R> Outcome<R> deliveryUnknown(String message, @Nullable Throwable cause) {
    return new NoResponse<>(Failure.BROKEN, true, message, cause);
  }
}

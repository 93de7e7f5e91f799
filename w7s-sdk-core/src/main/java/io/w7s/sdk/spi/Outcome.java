package io.w7s.sdk.spi;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt. A transport only reports; whether to try again and which exception the
 * caller sees is decided above it.
 *
 * @param <R> the operation's result
 */
public sealed interface Outcome<R> {

  /**
   * The far side did what was asked. An RPC target's failure status is a success here: the call got
   * through.
   *
   * @param result what the operation results in
   */
  record Success<R>(R result) implements Outcome<R> {}

  /**
   * The platform answered and refused.
   *
   * @param status the HTTP status, not 2xx
   * @param message the platform's own words; empty when it had none
   * @param details the platform's details as plain JSON values; empty when it gave none
   * @param retryAfter the wait that it asked for; null when it did not say
   */
  record Refused<R>(
      int status, String message, Map<String, Object> details, @Nullable Duration retryAfter)
      implements Outcome<R> {}

  /**
   * No usable answer came back.
   *
   * @param failure what ended the attempt
   * @param mayHaveBeenDelivered false only when it is certain that the request did not get through
   * @param message what went wrong, naming the address that was tried
   * @param cause the transport's own exception; null when there was none
   */
  record NoResponse<R>(
      Failure failure, boolean mayHaveBeenDelivered, String message, @Nullable Throwable cause)
      implements Outcome<R> {}

  /** What can end an attempt without an answer. */
  enum Failure {
    /** The far side could not be reached, the connection broke, or what came back was no answer. */
    BROKEN,
    /** What came back is larger than the transport keeps; it would be the next time, too. */
    TOO_LARGE,
    /** The attempt's time was over. */
    TIMED_OUT,
    /** The waiting thread was interrupted; its interrupt flag is set again. */
    INTERRUPTED,
    /** The client was closed. */
    CLOSED
  }

  /** Returns this answer with a success's result changed. */
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

  /** Returns a failure of which it is certain that nothing was delivered. */
  static <R> Outcome<R> notDelivered(String message, @Nullable Throwable cause) {
    return new NoResponse<>(Failure.BROKEN, false, message, cause);
  }

  /** Returns a failure after which the request may have had its effect. */
  static <R> Outcome<R> deliveryUnknown(String message, @Nullable Throwable cause) {
    return new NoResponse<>(Failure.BROKEN, true, message, cause);
  }
}

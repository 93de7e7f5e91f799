package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Outcome;

/**
 * What an operation takes: an HTTP exchange, or nothing because its answer is known.
 *
 * @param <R> what the operation results in
 */
public sealed interface HttpOperation<R> permits HttpOperation.Known, Exchange {

  /**
   * The answer, without a request.
   *
   * @param answer what the caller gets to know
   */
  record Known<R>(Outcome<R> answer) implements HttpOperation<R> {}

  /** Returns a refusal without a request. */
  static <R> HttpOperation<R> refused(int status, String message) {
    return new Known<>(Outcome.refused(status, message));
  }
}

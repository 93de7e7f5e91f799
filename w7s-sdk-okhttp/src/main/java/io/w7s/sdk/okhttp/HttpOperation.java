package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;

/**
 * An operation as HTTP: an exchange, or nothing where the outcome is known without a request.
 *
 * @param <R> the operation's result
 */
public sealed interface HttpOperation<R> permits HttpOperation.Known, Exchange {

  /** Returns the operation that this stands for. */
  Operation<R> operation();

  /**
   * An outcome that is known without a request.
   *
   * @param operation the operation that this stands for
   * @param outcome its outcome
   */
  record Known<R>(Operation<R> operation, Outcome<R> outcome) implements HttpOperation<R> {}

  /** Returns a refusal without a request. */
  static <R> HttpOperation<R> refused(Operation<R> operation, int status, String message) {
    return new Known<>(operation, Outcome.refused(status, message));
  }
}

package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Answer;

/**
 * What an operation takes: an HTTP exchange, or nothing because its answer is known.
 *
 * @param <R> what the operation results in
 */
public sealed interface Step<R> permits Step.Known, Exchange {

  /**
   * The answer, without a request.
   *
   * @param answer what the caller gets to know
   */
  record Known<R>(Answer<R> answer) implements Step<R> {}

  /** Returns a refusal without a request. */
  static <R> Step<R> refused(int status, String message) {
    return new Known<>(Answer.refused(status, message));
  }
}

package io.w7s.sdk.local;

import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.spi.Answer;

/** What an operation takes: an HTTP request, or nothing because its answer is known. */
sealed interface Step<R> {

  /** The answer, without a request. */
  record Known<R>(Answer<R> answer) implements Step<R> {}

  /** A request, and what its answer means. */
  record Request<R>(Exchange<R> exchange) implements Step<R> {}
}

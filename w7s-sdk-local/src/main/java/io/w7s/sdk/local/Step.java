package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import java.util.function.Function;

/** What an operation takes: an HTTP request, or nothing because its answer is known. */
sealed interface Step<R> {

  /** The answer, without a request. */
  record Known<R>(Answer<R> answer) implements Step<R> {}

  /**
   * A request, and what its answer means.
   *
   * @param app whom it goes to
   * @param http what is sent
   * @param reader reads the app's answer, whatever its status
   * @param unanswered runs when there is no answer to read
   */
  record Request<R>(
      AppId app, okhttp3.Request http, Function<RpcAnswer, Answer<R>> reader, Runnable unanswered)
      implements Step<R> {

    Request(AppId app, okhttp3.Request http, Function<RpcAnswer, Answer<R>> reader) {
      this(app, http, reader, () -> {});
    }
  }
}

package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.json.JsonCodec;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of an app share. */
record AppContext(AppId app, JsonCodec codec, List<HandlerInterceptor> interceptors) {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  /** Copies the list. */
  AppContext {
    interceptors = List.copyOf(interceptors);
  }

  boolean hasInterceptors() {
    return !interceptors.isEmpty();
  }

  /**
   * Calls a handler inside the interceptors.
   *
   * @param input what the handler gets
   * @param headers those of the request
   * @return what the handler returned
   */
  @Nullable Object call(
      HandlerKind kind, String name, Object input, Headers headers, Callable<?> handler)
      throws Exception {
    return hasInterceptors()
        ? new HandlerInvocation(this, kind, name, input, headers, handler).run()
        : handler.call();
  }

  /** Logs that a handler failed, with its exception, and returns the failure. */
  HandlerFailure failed(HandlerFailure failure) {
    String reason = ThrowableText.of(failure.cause());
    try {
      log.error("{} in {} failed: {}", failure.what(), app, reason, failure.cause());
    } catch (Throwable broken) { // a logger that reads an exception calls its methods
      log.error("{} in {} failed: {}", failure.what(), app, reason);
    }
    return failure;
  }

  /** Logs that a message could not be read, without its content, and returns the failure. */
  HandlerFailure unreadable(HandlerFailure failure) {
    log.error(
        "{} in {} could not be read: {}",
        failure.what(),
        app,
        ThrowableText.reason(failure.cause()));
    return failure;
  }

  /** Answers what a handler threw: the caller does not learn why, the log does. */
  AppResponse handlerFailed(String handler, Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return Responses.handlerFailed(List.of(failed(HandlerFailure.of(handler, thrown))));
  }
}

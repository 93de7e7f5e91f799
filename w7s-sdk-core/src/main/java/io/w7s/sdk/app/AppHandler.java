package io.w7s.sdk.app;

/**
 * Answers the HTTP requests of an app, independent of any server. {@link W7sApp} is one. Whatever
 * serves an app takes an {@code AppHandler}; whatever wraps an app, for example to check a
 * signature first, is one. It is called on several threads at the same time, with no lock held.
 */
@FunctionalInterface
public interface AppHandler {

  /** Answers a request. Blocks until the response is complete. */
  AppResponse handle(AppRequest request);
}

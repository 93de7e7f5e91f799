package io.w7s.sdk.app;

/**
 * Answers the HTTP requests of an app, free of any server. {@link W7sApp} is one; whatever serves
 * an app, wraps it or stands in for it takes or is another. Called by several threads at the same
 * time, with no lock held.
 */
@FunctionalInterface
public interface AppHandler {

  /** Answers a request; blocks until the response is complete. */
  AppResponse handle(AppRequest request);
}

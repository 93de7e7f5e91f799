package io.w7s.sdk.app;

/**
 * Handles the HTTP requests of an app, independent of any server. {@link W7sApp} is one. Whatever
 * serves an app takes an {@code AppHandler}; whatever wraps an app, for example to check a
 * signature first, is one. It is called on several threads at the same time, with no lock held.
 */
@FunctionalInterface
public interface AppHandler {

  /** Handles a request. Blocks until the response is complete. */
  AppResponse handle(AppRequest request);

  /**
   * Returns the maximum size of a request body in bytes, by default 10 MiB. A server should read no
   * more of a body, and respond with 413. A handler that wraps another one returns the limit of
   * that one.
   */
  default int maxBodyBytes() {
    return W7sApp.DEFAULT_MAX_BODY_BYTES;
  }

  /**
   * Returns whether anybody may send a request to a method and path: one that is not signed, whose
   * sender is unknown. By default nobody may. It matters only behind a handler that checks
   * signatures. A handler that wraps another one returns what that one does.
   *
   * @param method the HTTP method, in upper case
   * @param path the path as it came: percent-encoded, from its leading slash, without the query
   */
  default boolean isPublic(String method, String path) {
    return false;
  }
}

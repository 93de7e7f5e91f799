package io.w7s.sdk.app;

import io.w7s.sdk.error.W7sException;
import java.util.Map;

/** Handles the requests to one method and path. */
interface Route {

  /**
   * Handles a request. What a handler throws is in the response.
   *
   * @param variables the values of the path's variables, decoded
   * @throws BadRequest when the request cannot be read; no handler has run
   */
  AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest;

  /** Returns what the route handles. */
  HandlerKind kind();

  /** Returns the name of what the route handles, given the method and path that lead to it. */
  default String name(String method, String path) {
    return method + " " + path;
  }

  /** Returns whether the platform delivers to this route, so that no app may call it by RPC. */
  default boolean isDelivery() {
    return kind() != HandlerKind.RPC;
  }

  /** Returns a route that does not change when others are declared. */
  default Route copy() {
    return this;
  }

  /** Thrown when a request cannot be read, which is the fault of the caller. */
  final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    /** The caller learns the reason: the SDK's own reasons repeat no content of the request. */
    BadRequest(W7sException reason) {
      super(reason.getMessage(), reason);
    }
  }
}

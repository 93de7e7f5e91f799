package io.w7s.sdk.app;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.json.JsonCodec;
import java.util.Map;

/** What answers the requests to one method and path. */
interface Route {

  /**
   * Answers a request.
   *
   * @param variables the values of the path's variables, decoded
   * @throws BadRequest when the request cannot be read; no handler has run
   * @throws HandlerFailure when the handler threw
   */
  AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure;

  /** Returns whether the platform delivers to this route, so that nobody may reach it by RPC. */
  boolean isDelivery();

  /** Returns a route that nothing declared later changes. */
  default Route copy() {
    return this;
  }

  /** The request is the caller's mistake. */
  final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    /** Tells the caller why: the reasons of the SDK hold none of the request's content. */
    BadRequest(W7sException reason) {
      super(reason.getMessage(), reason);
    }

    BadRequest(String what, CodecException reason) {
      super(what + ": " + reason.getMessage(), reason);
    }
  }

  /** The handler threw. */
  final class HandlerFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Names handler, message id and attempt. */
    HandlerFailure(String what, Exception cause) {
      super(what, cause);
    }
  }
}

package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.app.AppResponse;
import java.io.IOException;

/** Handles the requests of a server. Called by several threads at the same time. */
public interface HttpHandler {

  /**
   * Handles a request. The body is read when the handler asks for it, so a handler refuses a
   * request by its head at no cost.
   *
   * @throws RequestRefused when the request is refused
   * @throws IOException of any other kind to cut the connection without a response
   */
  AppResponse handle(IncomingRequest request) throws IOException;

  /** Returns the response that tells the sender of a refused request the reason. */
  AppResponse refusal(int status, String reason);
}

package io.w7s.sdk.local;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.HttpHandler;
import io.w7s.sdk.local.internal.server.IncomingRequest;
import io.w7s.sdk.local.internal.server.Responses;
import io.w7s.sdk.signature.SignedHandler;
import java.io.IOException;

/**
 * Takes requests from a network. The signature says who sends them, so nothing but the path of the
 * app is taken out of them, and nothing is added. Thread-safe.
 */
final class SignedAppHandler implements HttpHandler {

  private final LocalUrlShape shape;
  private final AppHandler handler;

  SignedAppHandler(LocalUrlShape shape, SignedHandler handler) {
    this.shape = shape;
    this.handler = handler;
  }

  @Override
  public AppResponse handle(IncomingRequest request) throws IOException {
    byte[] body = request.readBody(handler.maxBodyBytes());
    return handler.handle(
        new AppRequest(
            request.method(),
            shape.withoutPrefix(request.path()),
            request.query(),
            request.headers(),
            body));
  }

  @Override
  public AppResponse refusal(int status, String reason) {
    return Responses.appRefusal(status, reason);
  }
}

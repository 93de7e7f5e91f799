package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.io.IOException;

/** Sends each body of at most 1 MiB back, and makes refusals as apps do. */
final class EchoHandler implements HttpHandler {

  static final int MAX_BODY = 1024 * 1024;

  @Override
  public AppResponse handle(IncomingRequest request) throws IOException {
    AppRequest read = request.read(MAX_BODY);
    return new AppResponse(200, Headers.of("content-type", "application/json"), read.body());
  }

  @Override
  public AppResponse refusal(int status, String reason) {
    return Responses.appRefusal(status, reason);
  }
}

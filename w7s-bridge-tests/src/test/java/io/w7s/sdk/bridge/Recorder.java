package io.w7s.sdk.bridge;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service, or a platform, that records what reaches it. */
final class Recorder implements AppHandler {

  private final List<AppRequest> requests = new CopyOnWriteArrayList<>();
  private volatile AppResponse response;

  Recorder(int status, String body) {
    respond(status, Headers.of("content-type", "application/json"), body);
  }

  void respond(int status, Headers headers, String body) {
    respond(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  void respond(int status, Headers headers, byte[] body) {
    response = new AppResponse(status, headers, body);
  }

  @Override
  public AppResponse handle(AppRequest request) {
    requests.add(request);
    return response;
  }

  List<AppRequest> requests() {
    return requests;
  }

  AppRequest only() {
    if (requests.size() != 1) {
      throw new AssertionError("not one request but " + requests);
    }
    return requests.get(0);
  }
}

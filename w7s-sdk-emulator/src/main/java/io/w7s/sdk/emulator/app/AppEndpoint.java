package io.w7s.sdk.emulator.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.nio.charset.StandardCharsets;

/**
 * Where an app's requests go: an app in the same JVM ({@code W7sApp::handle} fits), or anything
 * else that answers. Called on the thread that causes the request, with no lock held, and by
 * several threads at the same time.
 */
@FunctionalInterface
public interface AppEndpoint {

  /**
   * Answers a request. What it throws counts as the failure of a backend: an RPC is answered with
   * 502, a delivery is one that failed. Errors of the JVM pass through to whoever caused the
   * request.
   */
  AppResponse handle(AppRequest request);

  /**
   * Returns the answer of a backend that failed, status 502, for an endpoint that knows more of it
   * than a status.
   *
   * @param reason what logs, dead letters and workflow instances show of it; nothing secret
   */
  static AppResponse failed(String reason) {
    return new AppResponse(
        502, Headers.of("content-type", "text/plain"), reason.getBytes(StandardCharsets.UTF_8));
  }
}

package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.ControlResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The HTTP responses of the control plane. */
final class ControlResponses {

  static final Headers JSON = Headers.of("content-type", "application/json");
  static final Headers TEXT = Headers.of("content-type", "text/plain");
  private static final Headers HTML = Headers.of("content-type", "text/html");

  private ControlResponses() {}

  static AppResponse success(JsonSlice data) {
    return new AppResponse(200, JSON, new ControlResponse.Success(data).toJson());
  }

  /** A refusal in the platform's JSON, whatever its content type. */
  static AppResponse refused(Refusal refusal) {
    Headers contentType = refusal.isText() ? TEXT : JSON;
    return new AppResponse(
        refusal.status(),
        withRetryAfter(contentType, refusal),
        new ControlResponse.Failure(refusal.words(), refusal.details()).toJson());
  }

  private static Headers withRetryAfter(Headers headers, Refusal refusal) {
    Duration retryAfter = refusal.retryAfter();
    return retryAfter == null
        ? headers
        : headers.with("retry-after", Long.toString(retryAfter.toSeconds()));
  }

  /** The refusal of a call to a suspended app, for callers that accept HTML. */
  static AppResponse suspendedPage(Refusal refusal) {
    return text(
        refusal.status(),
        withRetryAfter(HTML, refusal),
        "<!doctype html><title>Suspended</title><p>This app is suspended.");
  }

  static AppResponse health() {
    return text(200, JSON, "{\"status\":\"ok\",\"service\":\"w7s-sdk-emulator\"}");
  }

  /** The response for a path outside of the API: a page for GET, otherwise 404. */
  static AppResponse noRoute(String method) {
    return switch (method) {
      case "GET" -> text(200, HTML, "<!doctype html><title>W7S emulator</title>");
      case "HEAD" -> text(200, HTML, "");
      default -> text(404, TEXT, "404 Not Found");
    };
  }

  private static AppResponse text(int status, Headers headers, String body) {
    return new AppResponse(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }
}

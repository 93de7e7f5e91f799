package io.w7s.sdk.local;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.internal.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

/** A request that does not reach the app, and what its sender is told. */
final class RequestRefused extends Exception {

  private static final long serialVersionUID = 1L;
  private static final Headers CLOSING = Headers.of("connection", "close");

  private final int status;
  private final Headers headers;

  private RequestRefused(int status, String reason, Headers headers) {
    super(reason, null, false, false);
    this.status = status;
    this.headers = headers;
  }

  RequestRefused(int status, String reason) {
    this(status, reason, Headers.none());
  }

  /** After this one the connection is of no use, or no more requests are wanted on it. */
  static RequestRefused closing(int status, String reason) {
    return new RequestRefused(status, reason, CLOSING);
  }

  static RequestRefused method(String allowed) {
    return new RequestRefused(
        405, "only " + allowed + " is answered here", Headers.of("allow", allowed));
  }

  /** In the shape of the app's own refusals. */
  AppResponse response() {
    var body = new LinkedHashMap<String, Object>();
    body.put("ok", false);
    body.put("error", String.valueOf(getMessage()));
    return json(status, body, headers);
  }

  static AppResponse json(int status, Object body, Headers headers) {
    return new AppResponse(
        status,
        Headers.of("content-type", "application/json").with(headers),
        JsonValues.write(body).getBytes(StandardCharsets.UTF_8));
  }
}

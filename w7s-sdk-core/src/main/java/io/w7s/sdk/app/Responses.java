package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers that an app gives without being asked by its handlers. */
final class Responses {

  private static final Headers JSON = Headers.of("content-type", "application/json");
  private static final byte[] NO_BODY = {};
  private static final byte[] OK = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);

  private Responses() {}

  /** A delivery is done. */
  static AppResponse acknowledged() {
    return json(200, OK);
  }

  static AppResponse json(int status, byte[] body) {
    return new AppResponse(status, JSON, body);
  }

  static AppResponse empty(int status, Headers headers) {
    return new AppResponse(status, headers, NO_BODY);
  }

  /** A body in JSON, whose content type the handler's own headers may overrule. */
  static AppResponse json(int status, Headers headers, byte[] body) {
    return new AppResponse(status, JSON.with(headers), body);
  }

  /** A body of plain JSON values; maps keep their order. */
  static AppResponse values(int status, Map<String, ?> body) {
    return json(status, bytes(body));
  }

  private static byte[] bytes(Map<String, ?> body) {
    return JsonValues.write(body).getBytes(StandardCharsets.UTF_8);
  }

  static AppResponse refusal(int status, @Nullable String reason) {
    return refusal(status, reason, Headers.none());
  }

  /** Not in the shape of the platform's own refusals, so that a caller can tell the two apart. */
  static AppResponse refusal(int status, @Nullable String reason, Headers headers) {
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("ok", false);
    body.put("error", reason);
    return json(status, headers, bytes(body));
  }
}

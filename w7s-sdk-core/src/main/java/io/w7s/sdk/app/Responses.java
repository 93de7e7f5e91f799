package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.AppRefusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The responses of an app that are not written by its handlers. */
final class Responses {

  private static final int MAX_REASON = 2_000;

  private static final Headers JSON = Headers.of("content-type", "application/json");
  private static final byte[] NO_BODY = {};
  private static final byte[] OK = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);

  private Responses() {}

  /** Acknowledges a delivery. */
  static AppResponse acknowledged() {
    return json(200, OK);
  }

  static AppResponse json(int status, byte[] body) {
    return new AppResponse(status, JSON, body);
  }

  static AppResponse empty(int status, Headers headers) {
    return new AppResponse(status, headers, NO_BODY);
  }

  /** Returns a JSON body, under the content type that the headers give, if they give one. */
  static AppResponse json(int status, Headers headers, byte[] body) {
    return new AppResponse(status, JSON.with(headers), body);
  }

  /** Returns a body of plain JSON values; maps keep their order. */
  static AppResponse values(int status, Map<String, ?> body) {
    return json(status, bytes(body));
  }

  private static byte[] bytes(Map<String, ?> body) {
    return JsonValues.write(body).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the response to a request whose handler failed. It does not say why. */
  static AppResponse handlerFailed(List<HandlerFailure> failures) {
    return refusal(500, "the handler failed").withFailures(failures);
  }

  /** Returns the response to a request that could not be read. */
  static AppResponse unreadable(@Nullable String reason, List<HandlerFailure> failures) {
    return refusal(400, reason).withFailures(failures);
  }

  static AppResponse refusal(int status, @Nullable String reason) {
    return refusal(status, reason, Headers.none());
  }

  static AppResponse refusal(int status, @Nullable String reason, Headers headers) {
    String shown = reason == null ? null : SafeText.of(reason, MAX_REASON);
    return json(status, headers, AppRefusal.toJson(shown));
  }
}

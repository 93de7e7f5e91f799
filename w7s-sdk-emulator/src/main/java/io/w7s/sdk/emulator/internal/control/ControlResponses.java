package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control plane's answers in HTTP. */
final class ControlResponses {

  static final Headers JSON = Headers.of("content-type", "application/json");
  static final Headers TEXT = Headers.of("content-type", "text/plain");
  private static final Headers HTML = Headers.of("content-type", "text/html");

  private ControlResponses() {}

  static AppResponse success(Object data) {
    return json(200, JSON, object("status", "success", "data", data));
  }

  /** A refusal in the platform's shape; what it says of its content type is another matter. */
  static AppResponse refused(Refusal refusal) {
    Headers contentType = refusal.isText() ? TEXT : JSON;
    Map<String, @Nullable Object> body = object("status", "error", "error", refusal.words());
    if (!refusal.details().isEmpty()) {
      body.put("details", refusal.details());
    }
    return json(refusal.status(), withRetryAfter(contentType, refusal), body);
  }

  private static Headers withRetryAfter(Headers headers, Refusal refusal) {
    Duration retryAfter = refusal.retryAfter();
    return retryAfter == null
        ? headers
        : headers.with("retry-after", Long.toString(retryAfter.toSeconds()));
  }

  /** The refusal of a call to a suspended app, for those who accept HTML. */
  static AppResponse suspendedPage(Refusal refusal) {
    return text(
        refusal.status(),
        withRetryAfter(HTML, refusal),
        "<!doctype html><title>Suspended</title><p>This app is suspended.");
  }

  static AppResponse health() {
    return json(200, JSON, object("status", "ok", "service", "w7s-sdk-emulator"));
  }

  /** What is no route of the API: a page for those who look, 404 for all others. */
  static AppResponse noRoute(String method) {
    return switch (method) {
      case "GET" -> text(200, HTML, "<!doctype html><title>W7S emulator</title>");
      case "HEAD" -> text(200, HTML, "");
      default -> text(404, TEXT, "404 Not Found");
    };
  }

  static Map<String, @Nullable Object> instance(WorkflowInstance instance) {
    WorkflowStatus status = instance.status();
    Map<String, @Nullable Object> fields = object("status", status.state().word());
    status
        .output()
        .ifPresent(
            output ->
                fields.put(
                    "output",
                    object(
                        "status",
                        output.status(),
                        "contentType",
                        output.contentType(),
                        "body",
                        output.body())));
    status
        .error()
        .ifPresent(message -> fields.put("error", object("name", "Error", "message", message)));
    return object("id", instance.id(), "status", fields);
  }

  /** An object of names and values in turn. */
  static Map<String, @Nullable Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  private static AppResponse json(int status, Headers headers, Map<String, ?> body) {
    return text(status, headers, JsonValues.write(body));
  }

  private static AppResponse text(int status, Headers headers, String body) {
    return new AppResponse(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }
}

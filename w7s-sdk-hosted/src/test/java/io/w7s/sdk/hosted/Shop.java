package io.w7s.sdk.hosted;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowRef;
import java.net.URI;
import java.util.Map;

/** The app acme/shop, hosted, and what it calls. */
final class Shop {

  static final QueueRef<Map<String, Object>> JOBS =
      AppRef.of("acme/worker").queue("jobs", new TypeRef<Map<String, Object>>() {});
  static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);
  static final WorkflowRef<String, String> CHECKOUT =
      AppRef.of("acme/worker").workflow("check_out", String.class, String.class);
  static final RpcRef<Void, String> SESSION =
      AppRef.of("acme/worker").get("/session", String.class);
  static final RpcRef<String, String> LOGIN =
      AppRef.of("acme/worker").post("/login", String.class, String.class);
  static final Map<String, Object> JOB = Map.of("id", 1);

  private Shop() {}

  static W7sConfig.Builder config(URI platform) {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.HOSTED)
        .app("acme/shop")
        .url(platform)
        .token(Token.RPC, "rpc-token")
        .token(Token.QUEUE, "queue-token")
        .token(Token.WORKFLOW, "workflow-token")
        .token(Token.EVENTS, "events-token");
  }

  static W7s w7s(URI platform) {
    return W7s.of(config(platform).build());
  }

  static Transport transport(URI platform) {
    return HostedTransport.builder(config(platform).build()).build();
  }

  static RpcCall rpc(String method, String path, byte[] body) {
    return new RpcCall(
        AppId.parse("acme/worker"),
        method,
        path,
        path,
        "",
        Headers.none(),
        body == null ? null : RawBody.of(Headers.none(), body),
        false);
  }

  static String error(String text) {
    return "{\"status\":\"error\",\"error\":\"" + text + "\"}";
  }

  static String success(String data) {
    return "{\"status\":\"success\",\"data\":" + data + "}";
  }

  static String sent() {
    return success(
        "{\"queue\":{\"owner\":\"acme\",\"repo\":\"worker\",\"name\":\"jobs\"},"
            + "\"enqueuedAt\":\"2026-05-24T21:59:00.000Z\",\"result\":{}}");
  }

  static String answer(int status, String headers, String body) {
    return "HTTP/1.1 "
        + status
        + " x\r\n"
        + headers
        + "content-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}

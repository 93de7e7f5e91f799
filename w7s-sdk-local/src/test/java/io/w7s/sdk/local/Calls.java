package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Operations of acme/shop, in the environment feature-x, on acme/worker. */
final class Calls {

  static final AppId WORKER = AppId.parse("acme/worker");
  static final QueueId JOBS =
      new QueueId(new AppInstance(WORKER, Environment.of("feature-x")), "jobs");
  static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  private Calls() {}

  static Transport transport(URI worker) {
    return transport(config().localApp(WORKER, worker));
  }

  static Transport transport(W7sConfig.Builder config) {
    return new LocalTransportProvider().create(config.build(), TimeSource.system());
  }

  /** Returns a transport that delivers on the thread that moves the clock. */
  static LocalTransport transport(W7sConfig.Builder config, VirtualTime time) {
    return LocalTransport.builder(config.build()).time(time).build();
  }

  static LocalTransport transport(URI worker, VirtualTime time) {
    return transport(config().localApp(WORKER, worker), time);
  }

  static VirtualTime virtualTime() {
    return new VirtualTime(START, 42);
  }

  static W7sConfig.Builder config() {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.LOCAL)
        .app("acme/shop")
        .environment(Environment.of("feature-x"));
  }

  static RpcCall get(String path) {
    return rpc("GET", path, "", Headers.none(), null);
  }

  static RpcCall post(String path, String body) {
    return rpc(
        "POST",
        path,
        "",
        Headers.of("content-type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  static RpcCall rpc(String method, String path, String query, Headers headers, byte[] body) {
    return new RpcCall(
        WORKER,
        method,
        path,
        path,
        query,
        headers,
        body == null ? null : RawBody.of(headers, body),
        false);
  }

  static QueueSend send(String body) {
    return send(body, Duration.ZERO);
  }

  static QueueSend send(String body, Duration delay) {
    return send("jobs", body, delay);
  }

  static QueueSend send(String queue, String body) {
    return send(queue, body, Duration.ZERO);
  }

  private static QueueSend send(String queue, String body, Duration delay) {
    return new QueueSend(
        WORKER,
        queue,
        "/_w7s/queues/" + queue,
        body.getBytes(StandardCharsets.UTF_8),
        delay,
        false);
  }

  static WorkflowStart start(String id, String payload) {
    return new WorkflowStart(
        WORKER,
        "check_out",
        "/_w7s/workflows/check_out",
        id,
        payload.getBytes(StandardCharsets.UTF_8),
        id != null);
  }

  static WorkflowQuery query(String instanceId) {
    return new WorkflowQuery(WORKER, "check_out", instanceId);
  }

  static EventPublish publish(String data) {
    return new EventPublish(
        AppId.parse("acme/shop"),
        "evt-1",
        "orders.created",
        Instant.parse("2026-05-24T22:00:00.5Z"),
        data.getBytes(StandardCharsets.UTF_8),
        null,
        true,
        false,
        null);
  }

  static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }
}

package io.w7s.sdk.signature;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** An app behind a {@link SignedHandler}; records what reaches its handlers, and the log. */
abstract class SignedApp {

  static final Instant NOW = Instant.parse("2026-11-28T00:30:00Z");
  static final String SECRET = SigningSecrets.generate();
  static final int MAX_BODY_BYTES = 10_000;

  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<Object> JOBS = WORKER.queue("jobs", Object.class);
  static final WorkflowRef<Object, String> CHECKOUT =
      WORKER.workflow("checkout", Object.class, String.class);
  static final ScheduleRef SYNC = ScheduleRef.of("*/5 * * * *", "/_w7s/schedules/sync");
  static final RpcRef<Object, String> ORDER =
      WORKER.post("/orders/{id}", Object.class, String.class);
  static final RpcRef<Void, String> HEALTH = WORKER.get("/health/{part}", String.class);

  static final Headers JSON = Headers.of("content-type", "application/json");
  static final Headers QUEUE = JSON.with("x-w7s-queue", "jobs");
  static final Headers RPC =
      JSON.with("x-w7s-rpc", "1")
          .with("x-w7s-rpc-caller-owner", "acme")
          .with("x-w7s-rpc-caller-repo", "shop")
          .with("x-w7s-rpc-caller-environment", "production");

  private static final String CALLER =
      "{\"orgSlug\":\"acme\",\"repoSlug\":\"shop\",\"repository\":\"acme/shop\","
          + "\"environment\":\"production\"}";

  /** What reached a handler of the app. */
  final List<String> reached = new ArrayList<>();

  /** The headers of the requests that reached the app. */
  final List<Headers> headers = new ArrayList<>();

  final FixedTime clock = new FixedTime(NOW);
  final SigningSecrets secrets = SigningSecrets.of(SECRET);
  final RequestSigner bridge = RequestSigner.of(secrets, clock);
  final SignedHandler service = SignedHandler.builder(app(), secrets).time(clock).build();

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.w7s.sdk");
  }

  List<String> lines() {
    return log.list.stream().map(event -> event.getLevel() + " " + event).toList();
  }

  void forgetLines() {
    log.list.clear();
  }

  AppHandler app() {
    W7sApp app =
        W7sApp.builder(WORKER)
            .on(JOBS, message -> reached.add("queue"))
            .on(
                CHECKOUT,
                run -> {
                  reached.add("workflow");
                  return "paid";
                })
            .on(SYNC, run -> reached.add("schedule"))
            .on(
                ORDER,
                request -> {
                  reached.add("rpc by " + request.caller().map(Object::toString).orElse("nobody"));
                  return "ok";
                })
            .on(
                HEALTH,
                request -> {
                  reached.add(
                      "health by " + request.caller().map(Object::toString).orElse("nobody"));
                  return "ok";
                })
            .publicRoute(HEALTH)
            .maxBodyBytes(MAX_BODY_BYTES)
            .build();
    return new AppHandler() {
      @Override
      public AppResponse handle(AppRequest request) {
        headers.add(request.headers());
        return app.handle(request);
      }

      @Override
      public int maxBodyBytes() {
        return app.maxBodyBytes();
      }

      @Override
      public boolean isPublic(String method, String path) {
        return app.isPublic(method, path);
      }
    };
  }

  static AppRequest request(String method, String path, Headers headers, String body) {
    return new AppRequest(method, path, "", headers, body.getBytes(StandardCharsets.UTF_8));
  }

  static AppRequest delivery() {
    return request(
        "POST",
        "/_w7s/queues/jobs",
        QUEUE,
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"attempts\":1,"
            + "\"timestamp\":\"2026-05-24T22:00:00.000Z\",\"enqueuedAt\":"
            + "\"2026-05-24T21:59:00.000Z\",\"caller\":"
            + CALLER
            + ",\"body\":{}}]}");
  }

  static AppRequest workflowRun() {
    return request(
        "POST",
        "/_w7s/workflows/checkout",
        JSON.with("x-w7s-workflow", "1"),
        "{\"workflow\":\"checkout\",\"workflowName\":\"checkout\",\"instanceId\":\"i1\","
            + "\"createdAt\":\"2026-05-26T00:00:00.000Z\",\"caller\":"
            + CALLER
            + ",\"payload\":{}}");
  }

  static AppRequest scheduledRun() {
    return request(
        "POST",
        "/_w7s/schedules/sync",
        JSON.with("x-w7s-schedule", "1"),
        "{\"schedule\":\"*/5 * * * *\",\"scheduledTime\":\"2026-05-25T12:00:00.000Z\","
            + "\"repository\":\"acme/worker\",\"environment\":\"production\"}");
  }

  static AppRequest order() {
    return request("POST", "/orders/7", RPC, "{\"n\":1}");
  }

  static AppRequest health() {
    return request("GET", "/health/db", Headers.none(), "");
  }

  /** The requests that each kind from the bridge to the service has, by kind. */
  static Map<RequestKind, AppRequest> requests() {
    return Map.of(
        RequestKind.QUEUE, delivery(),
        RequestKind.WORKFLOW, workflowRun(),
        RequestKind.SCHEDULE, scheduledRun(),
        RequestKind.RPC, order(),
        RequestKind.PUBLIC, health());
  }

  AppRequest signedDelivery() {
    return bridge.sign(RequestKind.QUEUE, delivery());
  }

  /** Signs a request, also one that {@link RequestSigner} refuses to sign. */
  AppRequest signedAs(RequestKind kind, AppRequest request, SigningSecrets with) {
    AppRequest signed = RequestSigner.of(with, clock).sign(kind, requests().get(kind));
    Headers all =
        request
            .headers()
            .with("x-w7s-kind", kind.word())
            .with("x-w7s-signature-id", signed.headers().first("x-w7s-signature-id").orElseThrow())
            .with(
                "x-w7s-signature-time",
                signed.headers().first("x-w7s-signature-time").orElseThrow())
            .with("x-w7s-signature", signed.headers().first("x-w7s-signature").orElseThrow());
    return with(request, all);
  }

  /** Signs a request with a clock that is so many minutes ahead. */
  AppRequest signedAt(int minutes, AppRequest request) {
    clock.advance(Duration.ofMinutes(minutes));
    AppRequest signed = bridge.sign(RequestKind.QUEUE, request);
    clock.set(NOW);
    return signed;
  }

  /** Returns a request that was let in once. */
  AppRequest usedBefore() {
    AppRequest delivery = signedDelivery();
    if (service.handle(delivery).status() != 200) {
      throw new IllegalStateException("the first use was refused");
    }
    return delivery;
  }

  static AppRequest with(AppRequest request, Headers headers) {
    return new AppRequest(
        request.method(), request.path(), request.query(), headers, request.body());
  }

  static AppRequest with(AppRequest request, String header, String value) {
    return with(request, request.headers().with(header, value));
  }

  static AppRequest without(AppRequest request, String header) {
    Headers.Builder rest = Headers.builder();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equals(header)) {
                rest.add(name, value);
              }
            });
    return with(request, rest.build());
  }

  static AppRequest withPath(AppRequest request, String path) {
    return new AppRequest(
        request.method(), path, request.query(), request.headers(), request.body());
  }

  static AppRequest withQuery(AppRequest request, String query) {
    return new AppRequest(
        request.method(), request.path(), query, request.headers(), request.body());
  }

  static AppRequest withMethod(AppRequest request, String method) {
    return new AppRequest(
        method, request.path(), request.query(), request.headers(), request.body());
  }

  static AppRequest withBody(AppRequest request, byte[] body) {
    return new AppRequest(
        request.method(), request.path(), request.query(), request.headers(), body);
  }

  static String text(AppResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}

package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class W7sAppTest {

  record Job(String type) {}

  record Order(String orderId) {}

  record Total(int amount) {}

  private static final QueueRef<Job> JOBS = QueueRef.of("jobs", Job.class);
  private static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  private static final SubjectRef<Order> PAID = SubjectRef.of("orders.paid", Order.class);
  private static final WorkflowRef<Order, Total> CHECKOUT =
      WorkflowRef.of("checkout", Order.class, Total.class);
  private static final ScheduleRef SYNC = ScheduleRef.of("*/5 * * * *", "/_w7s/schedules/sync");
  private static final RpcRef<Order, Total> TOTAL =
      RpcRef.post("/totals/{currency}", Order.class, Total.class);

  private static final String CALLER =
      "{\"orgSlug\":\"acme\",\"repoSlug\":\"shop\",\"repository\":\"acme/shop\","
          + "\"environment\":\"production\"}";

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
    return (Logger) LoggerFactory.getLogger(W7sApp.class);
  }

  private static AppResponse post(W7sApp app, String path, String body) {
    return send(app, "POST", path, "", Headers.none(), body);
  }

  private static AppResponse send(
      W7sApp app, String method, String path, String query, Headers headers, String body) {
    return app.handle(
        new AppRequest(method, path, query, headers, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(AppResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static String delivery(String... messages) {
    return "{\"queue\":\"jobs\",\"queueName\":\"w7s-production-acme-worker-queue-jobs\","
        + "\"messages\":["
        + String.join(",", messages)
        + "]}";
  }

  private static String message(String id, int attempt, String body) {
    return "{\"id\":\"%s\",\"attempts\":%d,\"timestamp\":\"2026-05-24T22:00:00.000Z\",\"enqueuedAt\":\"2026-05-24T21:59:00.000Z\",\"caller\":%s,\"body\":%s}"
        .formatted(id, attempt, CALLER, body);
  }

  private static String event(String subject, String data) {
    return "{\"id\":\"e1\",\"subject\":\"%s\",\"source\":\"acme/shop\",\"time\":\"2026-05-24T21:58:00Z\",\"data\":%s}"
        .formatted(subject, data);
  }

  // queues

  @Test
  void aDeliveryReachesTheHandlerMessageByMessageAndIsAcknowledged() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 3, "null")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m2");
    assertThat(seen).extracting(QueueMessage::attempt).containsExactly(1, 3);
    assertThat(seen).extracting(QueueMessage::body).containsExactly(new Job("a"), null);
    assertThat(seen.get(0).caller()).hasToString("Optional[acme/shop (production)]");
    assertThat(seen.get(0).enqueuedAt()).hasToString("Optional[2026-05-24T21:59:00Z]");
  }

  @Test
  void aBatchHandlerSeesTheWholeDeliveryWithItsHeaders() {
    var seen = new ArrayList<QueueBatch<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").onBatch(JOBS, seen::add).build();

    send(
        app,
        "POST",
        "/_w7s/queues/jobs",
        "",
        Headers.of("x-w7s-queue", "jobs"),
        delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "{\"type\":\"b\"}")));

    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).messages()).hasSize(2);
    assertThat(seen.get(0).headers().first("X-W7S-Queue")).contains("jobs");
  }

  @Test
  void aLocalSenderIsKnownByItsHeaders() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, seen::add).build();

    send(
        app,
        "POST",
        "/_w7s/queues/jobs",
        "",
        Headers.of("x-w7s-queue-caller-repository", "acme/shop")
            .with("x-w7s-queue-environment", "dev"),
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"body\":{\"type\":\"a\"}}]}");

    assertThat(seen.get(0).caller()).hasToString("Optional[acme/shop (dev)]");
    assertThat(seen.get(0).attempt()).isEqualTo(1);
    assertThat(seen.get(0).enqueuedAt()).isEmpty();
  }

  @Test
  void aHandlerThatThrowsIsA500ThatLeaksNothingAndALogLineThatNamesMessageAndAttempt() {
    W7sApp app =
        W7sApp.builder("acme/worker")
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("password is hunter2");
                })
            .build();

    AppResponse response =
        post(app, "/_w7s/queues/jobs", delivery(message("m7", 2, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .isEqualTo("handler of queue jobs for message m7 (attempt 2) in acme/worker failed");
    assertThat(log.list.get(0).getThrowableProxy().getMessage()).isEqualTo("password is hunter2");
  }

  @Test
  void aMessageThatFailsDoesNotKeepTheRestOfItsBatchFromBeingTried() {
    var seen = new ArrayList<String>();
    W7sApp app =
        W7sApp.builder("acme/worker")
            .on(
                JOBS,
                message -> {
                  seen.add(message.id());
                  if (message.id().equals("m1")) {
                    throw new IllegalStateException("poison");
                  }
                })
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "{\"type\":\"b\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(seen).containsExactly("m1", "m2");
    assertThat(log.list.get(0).getFormattedMessage()).contains("m1").doesNotContain("m2");
  }

  @Test
  void aBodyThatIsNotTheDeclaredTypeIsA400ThatNamesTheMessageAndNoHandlerRuns() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "[\"secret\"]")));

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m2").contains("Job").doesNotContain("secret");
    assertThat(seen).isEmpty();
  }

  @Test
  void aDeliveryThatIsNotJsonIsA400WithTheReason() {
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, message -> {}).build();

    AppResponse response = post(app, "/_w7s/queues/jobs", "{nope");

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("queue delivery").contains("\"ok\":false");
  }

  @Test
  void aDeliveryPathCannotBeReachedByRpc() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, seen::add).build();

    AppResponse response =
        send(
            app,
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("x-w7s-rpc", "1"),
            delivery(message("m1", 1, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(403);
    assertThat(seen).isEmpty();
  }

  // events

  @Test
  void anEventReachesTheHandlerOfItsSubject() {
    var created = new ArrayList<Event<Order>>();
    var paid = new ArrayList<Event<Order>>();
    W7sApp app =
        W7sApp.builder("acme/worker")
            .on(CREATED, "events", created::add)
            .on(PAID, "events", paid::add)
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/events",
            delivery(
                message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
                message("m2", 2, event("orders.paid", "{\"orderId\":\"o2\"}"))));

    assertThat(response.status()).isEqualTo(200);
    assertThat(created).extracting(Event::data).containsExactly(new Order("o1"));
    Event<Order> event = paid.get(0);
    assertThat(event.id()).isEqualTo("e1");
    assertThat(event.source()).hasToString("acme/shop");
    assertThat(event.attempt()).isEqualTo(2);
    assertThat(event.time()).hasToString("Optional[2026-05-24T21:58:00Z]");
  }

  @Test
  void anEventOfAnUnknownSubjectFailsItsBatchAndDoesNotVanish() {
    W7sApp app = W7sApp.builder("acme/worker").on(CREATED, "events", event -> {}).build();

    AppResponse response =
        post(app, "/_w7s/queues/events", delivery(message("m1", 1, event("orders.lost", "{}"))));

    assertThat(response.status()).isEqualTo(500);
    assertThat(log.list.get(0).getThrowableProxy().getMessage())
        .isEqualTo("no handler for subject orders.lost");
  }

  // schedules and workflows

  @Test
  void aScheduledRunReachesItsHandler() {
    var seen = new ArrayList<ScheduledRun>();
    W7sApp app = W7sApp.builder("acme/cron").on(SYNC, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/schedules/sync",
            "{\"schedule\":\"*/5 * * * *\",\"scheduledTime\":\"2026-05-25T12:00:00.000Z\","
                + "\"repository\":\"acme/cron\",\"environment\":\"feature-x\"}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).environment()).hasToString("feature-x");
    assertThat(seen.get(0).scheduledTime()).hasToString("2026-05-25T12:00:00Z");
  }

  @Test
  void aWorkflowsResultIsTheBodyOfA200() {
    var seen = new ArrayList<WorkflowRun<Order>>();
    W7sApp app =
        W7sApp.builder("acme/shop")
            .on(
                CHECKOUT,
                run -> {
                  seen.add(run);
                  return new Total(42);
                })
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/workflows/checkout",
            "{\"workflow\":\"checkout\",\"workflowName\":\"checkout\",\"instanceId\":\"i1\","
                + "\"createdAt\":\"2026-05-26T00:00:00.000Z\",\"caller\":"
                + CALLER
                + ",\"payload\":{\"orderId\":\"o1\"}}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("{\"amount\":42}");
    assertThat(seen.get(0).payload()).isEqualTo(new Order("o1"));
    assertThat(seen.get(0).instanceId()).isEqualTo("i1");
  }

  // RPC

  @Test
  void aRequestIsReadWithVariablesQueryHeadersBodyAndCaller() {
    var seen = new ArrayList<RpcRequest<Order>>();
    W7sApp app =
        W7sApp.builder("acme/shop")
            .on(
                TOTAL,
                request -> {
                  seen.add(request);
                  return new Total(1);
                })
            .build();

    AppResponse response =
        send(
            app,
            "POST",
            "/totals/e%C3%BCr%20o",
            "a=1&a=2&b=x+y%21",
            Headers.of("x-w7s-rpc", "1")
                .with("x-w7s-rpc-caller-owner", "acme")
                .with("x-w7s-rpc-caller-repo", "web")
                .with("x-w7s-rpc-caller-environment", "production")
                .with("cookie", "c=1"),
            "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().first("content-type")).contains("application/json");
    RpcRequest<Order> request = seen.get(0);
    assertThat(request.variable("currency")).isEqualTo("eür o");
    assertThat(request.query()).isEqualTo(Map.of("a", List.of("1", "2"), "b", List.of("x y!")));
    assertThat(request.query("b")).contains("x y!");
    assertThat(request.body()).isEqualTo(new Order("o1"));
    assertThat(request.caller()).hasToString("Optional[acme/web (production)]");
    assertThat(request.toString()).doesNotContain("c=1").doesNotContain("o1");
  }

  @Test
  void aReplyHasItsOwnStatusHeadersAndBody() {
    W7sApp app =
        W7sApp.builder("acme/shop")
            .onReply(
                TOTAL,
                request -> RpcReply.of(422, Map.of("error", "no such currency")).header("x-a", "b"))
            .build();

    AppResponse response = post(app, "/totals/xyz", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(422);
    assertThat(response.headers().first("x-a")).contains("b");
    assertThat(text(response)).isEqualTo("{\"error\":\"no such currency\"}");
  }

  @Test
  void aReplyOfTheDeclaredTypeIsWrittenAsThatType() {
    RpcRef<Void, List<Total>> totals =
        RpcRef.of("GET", "/totals", TypeRef.of(Void.class), new TypeRef<>() {});
    W7sApp app =
        W7sApp.builder("acme/shop")
            .onReply(totals, request -> RpcReply.of(200, List.of(new Total(1))))
            .build();

    assertThat(text(send(app, "GET", "/totals", "", Headers.none(), "")))
        .isEqualTo("[{\"amount\":1}]");
  }

  @Test
  void aNullResultIsA204() {
    W7sApp app =
        W7sApp.builder("acme/shop")
            .on(RpcRef.delete("/orders/{id}", Void.class), request -> null)
            .build();

    AppResponse response = send(app, "DELETE", "/orders/1", "", Headers.none(), "");

    assertThat(response.status()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void anRpcHandlerThatThrowsIsA500ThatLeaksNothing() {
    W7sApp app =
        W7sApp.builder("acme/shop")
            .on(
                TOTAL,
                request -> {
                  throw new java.io.IOException("jdbc:secret");
                })
            .build();

    AppResponse response = post(app, "/totals/eur", "{\"orderId\":\"o1\"}");

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).doesNotContain("secret");
    assertThat(log.list.get(0).getFormattedMessage())
        .isEqualTo("handler of POST /totals/{currency} in acme/shop failed");
  }

  @Test
  void anUnreadableRequestIsA400WithTheReason() {
    W7sApp app = W7sApp.builder("acme/shop").on(TOTAL, request -> new Total(1)).build();

    assertThat(post(app, "/totals/eur", "").status()).as("a missing body").isEqualTo(400);
    assertThat(post(app, "/totals/eur", "{").status()).as("no JSON").isEqualTo(400);
    assertThat(post(app, "/totals/%zz", "{}").status()).as("a broken escape").isEqualTo(400);
    assertThat(send(app, "POST", "/totals/eur", "a=%ff", Headers.none(), "{}").status())
        .as("a query that is not UTF-8")
        .isEqualTo(400);
  }

  // dispatch

  @Test
  void anUnknownPathIsA404AndAWrongMethodA405ThatNamesTheRightOnes() {
    W7sApp app =
        W7sApp.builder("acme/shop")
            .on(RpcRef.get("/orders", Void.class), request -> null)
            .on(RpcRef.delete("/orders", Void.class), request -> null)
            .build();

    assertThat(post(app, "/nowhere", "").status()).isEqualTo(404);
    AppResponse wrong = post(app, "/orders", "");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.headers().first("allow")).contains("DELETE, GET");
  }

  @Test
  void aBodyOverTheLimitIsA413AndNoHandlerRuns() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder("acme/worker").maxBodyBytes(10).on(JOBS, seen::add).build();

    AppResponse response = post(app, "/_w7s/queues/jobs", " ".repeat(11));

    assertThat(response.status()).isEqualTo(413);
    assertThat(text(response)).contains("11 bytes, 10 are allowed");
    assertThat(seen).isEmpty();
  }

  @Test
  void refusalsDoNotLookLikeThePlatformsOwn() {
    W7sApp app = W7sApp.builder("acme/worker").build();

    assertThat(text(post(app, "/nowhere", ""))).startsWith("{\"ok\":false,\"error\":");
  }

  @Test
  void twoHandlersOnOnePathAreRefused() {
    W7sApp.Builder builder =
        W7sApp.builder("acme/worker")
            .on(JOBS, message -> {})
            .on(CREATED, "events", event -> {})
            .on(RpcRef.get("/orders/{id}", Void.class), request -> null);

    assertThatThrownBy(() -> builder.onBatch(JOBS, batch -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("POST /_w7s/queues/jobs");
    assertThatThrownBy(() -> builder.on(QueueRef.of("events", Job.class), message -> {}))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.on(CREATED, "events", event -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("orders.created on queue events twice");
    assertThatThrownBy(
            () -> builder.on(RpcRef.get("/_w7s/queues/jobs", Void.class), request -> null))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.on(RpcRef.get("/orders/latest", Void.class), request -> null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("overlaps /orders/{id}");
    assertThatThrownBy(
            () -> builder.on(ScheduleRef.of("* * * * *", "/_w7s/queues/jobs"), run -> {}))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aHandlerForAnotherAppsQueueIsRefused() {
    assertThatThrownBy(
            () ->
                W7sApp.builder("acme/shop")
                    .on(QueueRef.of("acme/worker", "jobs", Job.class), message -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/worker/jobs");
  }

  @Test
  void anAppThatWasBuiltStaysAsItIs() {
    W7sApp.Builder builder = W7sApp.builder("acme/worker").on(CREATED, "events", event -> {});
    W7sApp app = builder.build();

    builder.on(PAID, "events", event -> {}).on(JOBS, message -> {});

    assertThat(post(app, "/_w7s/queues/jobs", delivery()).status()).isEqualTo(404);
    assertThat(
            post(
                    app,
                    "/_w7s/queues/events",
                    delivery(message("m1", 1, event("orders.paid", "{\"orderId\":\"o\"}"))))
                .status())
        .isEqualTo(500);
    assertThat(app.manifest().eventsSubscribe()).hasSize(1);
  }

  // manifest

  private static W7sApp everything() {
    return W7sApp.builder("acme/worker")
        .manifest(
            Manifest.parse("{\"bindings\":{\"kv\":[\"STATE\"]},\"rpc\":{\"allow\":[\"tools\"]}}"))
        .publishes(PAID)
        .on(JOBS.consumer("/internal/jobs"), message -> {})
        .on(CREATED, "events", event -> {})
        .on(SYNC, run -> {})
        .on(CHECKOUT, run -> new Total(1))
        .build();
  }

  @Test
  void theManifestIsDerivedFromTheHandlers() {
    Manifest manifest = everything().manifest();

    assertThat(manifest.queues())
        .containsExactly(
            new Manifest.Queue("jobs", "/internal/jobs"),
            new Manifest.Queue("events", "/_w7s/queues/events"));
    assertThat(manifest.eventsSubscribe())
        .containsExactly(new Manifest.Subscription("orders.created", "events"));
    assertThat(manifest.eventsPublish()).containsExactly("orders.paid");
    assertThat(manifest.schedules()).hasSize(1);
    assertThat(manifest.workflows())
        .containsExactly(new Manifest.Workflow("checkout", "/_w7s/workflows/checkout"));
    assertThat(manifest.rpcAllow()).containsExactly("tools");
  }

  @Test
  void aCheckedInManifestIsComparedEntryByEntry(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("w7s.json");
    Files.writeString(file, everything().manifest().toJson());
    assertThat(everything().verifyManifest(file)).isEmpty();

    Files.writeString(
        file,
        "{\"queues\":[{\"name\":\"jobs\",\"consumer\":\"/other\"}],\"rpc\":{\"allow\":[\"tools\"]}}");
    assertThat(everything().verifyManifest(file))
        .extracting(Object::toString)
        .anySatisfy(
            line -> assertThat(line).contains("jobs").contains("/internal/jobs").contains("/other"))
        .anySatisfy(line -> assertThat(line).contains("checkout"))
        .anySatisfy(line -> assertThat(line).contains("STATE"))
        .anySatisfy(line -> assertThat(line).contains("orders.created"));
  }
}

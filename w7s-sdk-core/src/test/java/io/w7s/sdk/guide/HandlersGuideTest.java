package io.w7s.sdk.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** docs/handlers.md shows code that compiles and runs, and no other. */
class HandlersGuideTest {

  record Job(String type) {}

  record Order(String id) {}

  // [refs]
  static final AppRef WORKER = AppRef.of("acme/worker");
  static final QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
  static final SubjectRef<Order> ORDER_CREATED = SubjectRef.of("orders.created", Order.class);
  static final ScheduleRef NIGHTLY = ScheduleRef.of("0 2 * * *", "/nightly"); // cron in UTC, path
  static final WorkflowRef<Order, Order> CHECKOUT =
      WORKER.workflow("checkout", Order.class, Order.class);
  static final RpcRef<Void, Order> ORDER = WORKER.get("/orders/{id}", Order.class);

  // [refs]

  // [rawRefs]
  static final AppRef WEB = AppRef.of("acme/web");
  static final RpcRef<RawBody, Void> AVATAR = WEB.put("/avatar", RawBody.class, Void.class);
  static final RpcRef<Void, RawBody> PHOTO = WEB.get("/photos/{id}", RawBody.class);

  // [rawRefs]

  private static final Pattern COMPILED =
      Pattern.compile("( *)// \\[(\\w+)]\n(.*?)\n *// \\[\\2]\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  private final List<Object> done = new ArrayList<>();

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    String code =
        Files.readString(
            Path.of("src/test/java/io/w7s/sdk/guide", getClass().getSimpleName() + ".java"));
    String guide = Files.readString(Path.of("../docs/handlers.md"));

    assertThat(SHOWN.matcher(guide).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            COMPILED
                .matcher(code)
                .results()
                .map(found -> found.group(3).replaceAll("(?m)^" + found.group(1), "").strip())
                .toList());
  }

  private W7sApp app() {
    // [app]
    W7sApp worker =
        W7sApp.builder(WORKER)
            .intercept(this::withLoggingContext) // around all handlers
            .on(JOBS, message -> run(message.body()))
            .on(ORDER_CREATED, "events", event -> mail(event.data()))
            .on(NIGHTLY, run -> cleanUp(run.scheduledTime()))
            .on(CHECKOUT, run -> pay(run.payload()))
            .on(ORDER, request -> find(request.variable("id")))
            .build();
    // [app]
    return worker;
  }

  // [interceptor]
  private void withLoggingContext(HandlerInvocation handler) throws Exception {
    MDC.put("handler", handler.name());
    handler.messageId().ifPresent(id -> MDC.put("message", id));
    try {
      handler.proceed();
    } finally {
      MDC.clear();
    }
  }

  // [interceptor]

  @Test
  void aMessageIsHandledWithinItsLoggingContext() {
    String delivery =
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"body\":{\"type\":\"resize\"}}]}";

    app()
        .handle(
            new AppRequest(
                "POST", "/_w7s/queues/jobs", "", Headers.none(), delivery.getBytes(UTF_8)));

    assertThat(done).containsExactly(new Job("resize"), "jobs m1");
    assertThat(MDC.get("handler")).isNull();
  }

  @Test
  void aHandlerIsTestedInALine() throws Exception {
    MessageHandler<Job> handler = message -> done.add(message.attempt());
    // [test]
    handler.handle(QueueMessage.of(new Job("resize")));
    handler.handle(QueueMessage.builder(new Job("resize")).id("m7").attempt(2).build());
    // [test]
    assertThat(done).containsExactly(1, 2);
  }

  @Test
  void aBatchHandlerSetsUnreadableMessagesAside() throws Exception {
    BatchHandler<Job> handler =
        batch -> {
          // [unreadable]
          for (UnreadableMessage message : batch.unreadable()) {
            setAside(message.id(), message.body(), message.reason());
            message.acknowledge(); // after it is stored: the platform forgets it
          }
          // [unreadable]
        };
    UnreadableMessage bad =
        UnreadableMessage.of("m1", 1, new CodecException("Job", "$", "no", null), new byte[2]);

    handler.handle(QueueBatch.builder(JOBS).unreadable(List.of(bad)).build());

    assertThat(done).containsExactly("m1 2 Job at $: no");
    assertThat(bad.isAcknowledged()).isTrue();
  }

  @Test
  void rawBodiesAreSentFromMemoryAndFromStreams(@TempDir Path directory) throws Exception {
    byte[] bytes = {1, 2, 3};
    Path file = Files.write(directory.resolve("avatar.png"), bytes);
    var stream = new ByteArrayInputStream(bytes);
    Outcome<?> done = Outcome.success(new RawResponse(204, Headers.none(), new byte[0]));
    var transport = new ScriptedTransport(done, done, done);
    W7sConfig config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    try (W7s w7s = W7s.builder(config).transport(transport).build()) {
      // [calls]
      w7s.rpc().call(AVATAR, RawBody.of("image/png", bytes));
      w7s.rpc().call(AVATAR, RawBody.from("image/png", () -> Files.newInputStream(file)));
      w7s.rpc().call(AVATAR, RawBody.once("image/png", stream));
      // [calls]
    }
    assertThat(transport.sent)
        .extracting(sent -> ((RpcCall) sent).body().bytes())
        .containsExactly(bytes, bytes, bytes);
  }

  @Test
  void rawBodiesAreTakenAndReturned() {
    // [raw]
    W7sApp web =
        W7sApp.builder(WEB)
            .onVoid(AVATAR, request -> store(request.body().contentType(), request.body().bytes()))
            .on(PHOTO, request -> RawBody.of("image/jpeg", photo(request.variable("id"))))
            .build();
    // [raw]

    web.handle(
        new AppRequest(
            "PUT", "/avatar", "", Headers.of("content-type", "image/png"), new byte[] {1, 2}));
    AppResponse photo =
        web.handle(new AppRequest("GET", "/photos/abc", "", Headers.none(), new byte[0]));

    assertThat(done).containsExactly("image/png 2");
    assertThat(photo.headers().first("content-type")).hasValue("image/jpeg");
    assertThat(photo.body()).hasSize(3);
  }

  @Test
  void aRouteIsCalledWithVariables() {
    byte[] json = "{\"id\":\"o-1\"}".getBytes(UTF_8);
    var transport =
        new ScriptedTransport(Outcome.success(new RawResponse(200, Headers.none(), json)));
    W7sConfig config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    try (W7s w7s = W7s.builder(config).transport(transport).build()) {
      // [variable]
      Order order = w7s.rpc().with(call -> call.variable("id", "o-1")).call(ORDER);
      // [variable]
      assertThat(order).isEqualTo(new Order("o-1"));
    }
    assertThat(transport.sent)
        .singleElement()
        .extracting(sent -> ((RpcCall) sent).path())
        .isEqualTo("/orders/o-1");
  }

  @Test
  void aRouteChoosesItsStatus() {
    W7sApp app =
        W7sApp.builder(WORKER)
            // [reply]
            .onReply(
                ORDER,
                request -> {
                  Order order = findOrNull(request.variable("id"));
                  return order == null
                      ? RpcReply.error(404, Map.of("error", "no such order"))
                      : RpcReply.of(200, order);
                })
            // [reply]
            .build();

    assertThat(app.handle(get("/orders/none")).status()).isEqualTo(404);
    assertThat(app.handle(get("/orders/o-1")).status()).isEqualTo(200);
  }

  private static AppRequest get(String path) {
    return new AppRequest("GET", path, "", Headers.none(), new byte[0]);
  }

  private static @Nullable Order findOrNull(String id) {
    return id.equals("none") ? null : new Order(id);
  }

  private void store(String contentType, byte[] bytes) {
    done.add(contentType + " " + bytes.length);
  }

  private byte[] photo(String id) {
    return new byte[id.length()];
  }

  private void run(@Nullable Job job) {
    done.add(job);
    done.add(MDC.get("handler") + " " + MDC.get("message"));
  }

  private void mail(@Nullable Order order) {
    done.add(order);
  }

  private void cleanUp(Instant time) {
    done.add(time);
  }

  private Order pay(@Nullable Order order) {
    return order;
  }

  private Order find(String id) {
    return new Order(id);
  }

  private void setAside(String id, byte[] body, String reason) {
    done.add(id + " " + body.length + " " + reason);
  }
}

package io.w7s.sdk.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcHandler;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduleHandler;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final RpcRef<Void, String> ORDERS = WORKER.get("/orders", String.class);

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
    // [test]
    MessageHandler<Job> handler = message -> run(message.body());
    handler.handle(QueueMessage.of(new Job("resize")));
    handler.handle(QueueMessage.builder(new Job("resize")).id("m7").attempt(2).build());
    // [test]
    assertThat(done)
        .containsExactly(new Job("resize"), "null null", new Job("resize"), "null null");
  }

  @Test
  void eachKindOfHandlerIsTestedInALine() throws Exception {
    EventHandler<Order> events = event -> mail(event.data());
    BatchHandler<Job> batches = batch -> done.add(batch.messages().size());
    WorkflowHandler<Order, Order> workflow = run -> pay(run.payload());
    ScheduleHandler schedule = run -> cleanUp(run.scheduledTime());
    RpcHandler<Void, Order> route = request -> find(request.variable("id"));
    // [tests]
    events.handle(Event.of(ORDER_CREATED, new Order("o-1")));
    batches.handle(QueueBatch.of(JOBS, QueueMessage.of(new Job("resize"))));
    Order paid = workflow.handle(WorkflowRun.of(CHECKOUT, new Order("o-1")));
    schedule.handle(ScheduledRun.of(NIGHTLY, Instant.parse("2026-11-01T02:00:00Z")));
    Order found = route.handle(RpcRequest.builder(ORDER, null).variable("id", "o-1").build());
    // [tests]
    assertThat(done).containsExactly(new Order("o-1"), 1, Instant.parse("2026-11-01T02:00:00Z"));
    assertThat(List.of(paid, found)).containsOnly(new Order("o-1"));
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

  @Test
  void aRouteReadsQueryHeadersAndCaller() {
    W7sApp app =
        W7sApp.builder(WORKER)
            // [read]
            .on(
                ORDERS,
                request -> {
                  int size = request.query("size").map(Integer::parseInt).orElse(20);
                  String language = request.headers().first("accept-language").orElse("en");
                  Optional<AppId> caller = request.caller().map(Caller::app);
                  return list(size, language, caller);
                })
            // [read]
            .build();

    app.handle(get("/orders"));
    app.handle(
        new AppRequest(
            "GET",
            "/orders",
            "size=5",
            Headers.of("accept-language", "de")
                .with("x-w7s-rpc", "1")
                .with("x-w7s-rpc-caller-owner", "acme")
                .with("x-w7s-rpc-caller-repo", "shop"),
            new byte[0]));

    assertThat(done).containsExactly("20 en Optional.empty", "5 de Optional[acme/shop]");
  }

  @Test
  void aNotFoundOfThePlatformIsAnotherThanThatOfTheHandler() {
    Outcome<?> theirs = Outcome.success(new RawResponse(404, Headers.none(), new byte[0]));
    Outcome<?> broken = Outcome.success(new RawResponse(500, Headers.none(), new byte[0]));
    Outcome<?> late = new Outcome.NoResponse<>(Outcome.Failure.TIMED_OUT, true, "late", null);
    Outcome<?> platforms = Outcome.refused(404, "no such deployment");
    W7sConfig config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    try (W7s w7s =
        W7s.builder(config)
            .transport(new ScriptedTransport(theirs, broken, late, platforms))
            .options(call -> call.retry(RetryPolicy.none()))
            .build()) {
      assertThat(ask(w7s, "o-1")).isNull();
      assertThatThrownBy(() -> ask(w7s, "o-1")).isInstanceOf(RpcFailedException.class);
      assertThat(ask(w7s, "o-1")).isEqualTo(new Order("cached o-1"));
      assertThatThrownBy(() -> ask(w7s, "o-1"))
          .hasMessage("acme/worker is not in this environment");
    }
  }

  private @Nullable Order ask(W7s w7s, String id) {
    // [failures]
    try {
      return w7s.rpc().with(call -> call.variable("id", id)).call(ORDER);
    } catch (NotFoundException notDeployed) {
      throw new IllegalStateException("acme/worker is not in this environment", notDeployed);
    } catch (RpcFailedException failed) {
      if (failed.status() == 404) {
        return null; // the handler knows no such order
      }
      throw failed;
    } catch (CallTimeoutException late) {
      return cached(id); // no attempt of this GET had a response in time
    }
    // [failures]
  }

  private static AppRequest get(String path) {
    return new AppRequest("GET", path, "", Headers.none(), new byte[0]);
  }

  private String list(int size, String language, Optional<AppId> caller) {
    done.add(size + " " + language + " " + caller);
    return "";
  }

  private static Order cached(String id) {
    return new Order("cached " + id);
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

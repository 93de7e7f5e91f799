package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A user's unit test makes what a handler gets in one line; what is equal is equal. */
class HandlerInputTest {

  record Job(String type) {}

  record Order(String id) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
  private static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  private static final WorkflowRef<Order, Order> CHECKOUT =
      WORKER.workflow("checkout", Order.class, Order.class);
  private static final ScheduleRef SYNC = ScheduleRef.of("*/5 * * * *", "/sync");
  private static final RpcRef<Order, Order> ORDER =
      WORKER.post("/orders/{id}", Order.class, Order.class);
  private static final RpcRef<Void, Order> LATEST = WORKER.get("/orders", Order.class);
  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");
  private static final Caller SHOP = new Caller(AppId.parse("acme/shop"), Environment.PRODUCTION);

  private final List<Object> seen = new ArrayList<>();

  private static CodecException reason() {
    return new CodecException("Job", "$.n", "no number", null);
  }

  @Test
  void aMessageHandlerIsTestedInOneLine() throws Exception {
    MessageHandler<Job> handler = message -> seen.add(message.body());

    handler.handle(QueueMessage.of(new Job("resize")));

    assertThat(seen).containsExactly(new Job("resize"));
  }

  @Test
  void aBatchHandlerIsTestedInOneLine() throws Exception {
    BatchHandler<Job> handler = batch -> seen.addAll(batch.messages());

    handler.handle(QueueBatch.of(JOBS, QueueMessage.of(new Job("a")), QueueMessage.of(null)));

    assertThat(seen).hasSize(2);
  }

  @Test
  void anEventHandlerIsTestedInOneLine() throws Exception {
    EventHandler<Order> handler = event -> seen.add(event.subject() + " " + event.data());

    handler.handle(Event.of(CREATED, new Order("o1")));

    assertThat(seen).containsExactly("orders.created Order[id=o1]");
  }

  @Test
  void aWorkflowHandlerIsTestedInOneLine() throws Exception {
    WorkflowHandler<Order, Order> handler = WorkflowRun::payload;

    assertThat(handler.handle(WorkflowRun.of(CHECKOUT, new Order("o1"))))
        .isEqualTo(new Order("o1"));
  }

  @Test
  void messagesHaveDefaults() {
    QueueMessage<Job> message = QueueMessage.of(null);

    assertThat(message.id()).isEqualTo("message-1");
    assertThat(message.attempt()).isEqualTo(1);
    assertThat(message.body()).isNull();
    assertThat(message.enqueuedAt()).isEmpty();
    assertThat(message.caller()).isEmpty();
    assertThat(message.traceParent()).isEmpty();
    assertThat(message.cloudEvent()).isEmpty();
  }

  @Test
  void eventsHaveDefaults() {
    Event<Order> event = Event.of(CREATED, null);

    assertThat(event.id()).isEqualTo("message-1");
    assertThat(event.messageId()).isEqualTo("message-1");
    assertThat(event.source()).hasToString("test/publisher");
    assertThat(event.attempt()).isEqualTo(1);
    assertThat(event.data()).isNull();
    assertThat(event.time()).isEmpty();
    assertThat(event.traceParent()).isEmpty();
  }

  @Test
  void runsHaveDefaults() {
    WorkflowRun<Order> run = WorkflowRun.of(CHECKOUT, null);
    ScheduledRun scheduled = ScheduledRun.of(SYNC, NOON);

    assertThat(run.instanceId()).isEqualTo("instance-1");
    assertThat(run.workflow()).isEqualTo("checkout");
    assertThat(run.createdAt()).isEmpty();
    assertThat(run.caller()).isEmpty();
    assertThat(scheduled.cron()).isEqualTo("*/5 * * * *");
    assertThat(scheduled.scheduledTime()).isEqualTo(NOON);
    assertThat(scheduled.app()).hasToString("test/app");
    assertThat(scheduled.environment()).isEqualTo(Environment.PRODUCTION);
  }

  @Test
  void aRequestFillsItsPathFromItsVariables() {
    RpcRequest<Order> request =
        RpcRequest.builder(ORDER, new Order("o1"))
            .variable("id", "a b")
            .query("page", "2")
            .query("page", "3")
            .header("cookie", "c=1")
            .caller(SHOP)
            .build();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/orders/a%20b");
    assertThat(request.variable("id")).isEqualTo("a b");
    assertThat(request.query("page")).contains("2");
    assertThat(request.query("none")).isEmpty();
    assertThat(request.query()).isEqualTo(Map.of("page", List.of("2", "3")));
    assertThat(request.headers().first("cookie")).contains("c=1");
    assertThat(request.caller()).contains(SHOP);
    assertThat(RpcRequest.of(LATEST, null).path()).isEqualTo("/orders");
  }

  @Test
  void aRequestNeedsItsVariables() {
    assertThatThrownBy(() -> RpcRequest.of(ORDER, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("id");
    assertThatThrownBy(() -> RpcRequest.of(LATEST, null).variable("id"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"id\"");
  }

  @Test
  void aRequestDoesNotChangeWithTheMapsItWasMadeOf() {
    var variables = new LinkedHashMap<>(Map.of("id", "1"));
    var values = new ArrayList<>(List.of("2"));
    var query = new LinkedHashMap<String, List<String>>(Map.of("page", values));
    RpcRequest<Order> request =
        RpcRequest.builder(ORDER, null).variables(variables).query(query).build();

    variables.put("id", "other");
    values.add("3");
    query.clear();

    assertThat(request.variable("id")).isEqualTo("1");
    assertThat(request.query()).isEqualTo(Map.of("page", List.of("2")));
    assertThatThrownBy(() -> request.query().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void anAttemptIsAtLeast1() {
    assertThatThrownBy(() -> QueueMessage.builder(null).attempt(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("attempt: found 0, must be 1 or more");
    assertThatThrownBy(() -> Event.builder("a.b", null).attempt(-1))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> UnreadableMessage.of("m1", 0, reason(), new byte[0]))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void anUnreadableMessageGivesACopyOfItsBody() {
    UnreadableMessage message = UnreadableMessage.of("m1", 1, reason(), new byte[] {1});

    message.body()[0] = 2;

    assertThat(message.body()).containsExactly(1);
    assertThat(message.reason()).isEqualTo("Job at $.n: no number");
    assertThat(message.isAcknowledged()).isFalse();
    message.acknowledge();
    assertThat(message.isAcknowledged()).isTrue();
  }

  /** Values that differ from each other, each made anew at each call. */
  static List<Object> values() {
    CloudEvent event = new CloudEvent("c1", "acme/shop", "job", Optional.empty());
    byte[] body = {1};
    return List.of(
        QueueMessage.of(new Job("a")),
        QueueMessage.of(new Job("b")),
        QueueMessage.builder(new Job("a")).id("m2").build(),
        QueueMessage.builder(new Job("a")).attempt(2).build(),
        QueueMessage.builder(new Job("a")).enqueuedAt(NOON).build(),
        QueueMessage.builder(new Job("a")).caller(SHOP).build(),
        QueueMessage.builder(new Job("a")).traceParent("t").build(),
        QueueMessage.builder(new Job("a")).cloudEvent(event).build(),
        QueueBatch.of(JOBS, QueueMessage.of(new Job("a"))),
        QueueBatch.of(JOBS, QueueMessage.of(new Job("b"))),
        QueueBatch.builder(JOBS).headers(Headers.of("a", "b")).build(),
        QueueBatch.of(WORKER.queue("others", Job.class)),
        Event.of(CREATED, new Order("o1")),
        Event.of(CREATED, new Order("o2")),
        Event.of(SubjectRef.of("orders.paid", Order.class), new Order("o1")),
        Event.builder("orders.created", new Order("o1")).id("e2").build(),
        Event.builder("orders.created", new Order("o1")).messageId("m2").id("message-1").build(),
        Event.builder("orders.created", new Order("o1")).source(SHOP.app()).build(),
        Event.builder("orders.created", new Order("o1")).attempt(2).build(),
        Event.builder("orders.created", new Order("o1")).time(NOON).build(),
        Event.builder("orders.created", new Order("o1")).traceParent("t").build(),
        WorkflowRun.of(CHECKOUT, new Order("o1")),
        WorkflowRun.of(CHECKOUT, null),
        WorkflowRun.of(WORKER.workflow("other", Order.class, Order.class), new Order("o1")),
        WorkflowRun.builder(CHECKOUT, new Order("o1")).instanceId("i2").build(),
        WorkflowRun.builder(CHECKOUT, new Order("o1")).createdAt(NOON).build(),
        WorkflowRun.builder(CHECKOUT, new Order("o1")).caller(SHOP).build(),
        ScheduledRun.of(SYNC, NOON),
        ScheduledRun.of(SYNC, NOON.plusSeconds(60)),
        ScheduledRun.builder("* * * * *", NOON).build(),
        ScheduledRun.builder("*/5 * * * *", NOON).app(SHOP.app()).build(),
        ScheduledRun.builder("*/5 * * * *", NOON).environment(Environment.of("dev")).build(),
        RpcRequest.of(LATEST, null),
        RpcRequest.builder(LATEST, null).path("/other").build(),
        RpcRequest.builder(LATEST, null).variable("id", "1").path("/orders").build(),
        RpcRequest.builder(LATEST, null).query("a", "b").build(),
        RpcRequest.builder(LATEST, null).header("a", "b").build(),
        RpcRequest.builder(LATEST, null).caller(SHOP).build(),
        RpcRequest.of(WORKER.put("/orders", Order.class, Order.class), new Order("o1")),
        RpcRequest.of(WORKER.put("/orders", Order.class, Order.class), new Order("o2")),
        new AppRequest("GET", "/", "", Headers.none(), body),
        new AppRequest("PUT", "/", "", Headers.none(), body),
        new AppRequest("GET", "/a", "", Headers.none(), body),
        new AppRequest("GET", "/", "a", Headers.none(), body),
        new AppRequest("GET", "/", "", Headers.of("a", "b"), body),
        new AppRequest("GET", "/", "", Headers.none(), new byte[0]),
        new AppResponse(200, Headers.none(), body),
        new AppResponse(201, Headers.none(), body),
        new AppResponse(200, Headers.of("a", "b"), body),
        new AppResponse(200, Headers.none(), new byte[0]));
  }

  static Stream<Integer> indexes() {
    return Stream.iterate(0, i -> i + 1).limit(values().size());
  }

  @ParameterizedTest
  @MethodSource("indexes")
  void valuesAreEqualWhenAllTheirPropertiesAre(int index) {
    Object value = values().get(index);
    List<Object> others = values();

    assertThat(value).isEqualTo(others.get(index)).hasSameHashCodeAs(others.get(index));
    assertThat(value).isNotEqualTo("something else");
    others = new ArrayList<>(others);
    others.remove(index);
    assertThat(others).doesNotContain(value);
  }
}

package io.w7s.sdk.app;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventRegistry;
import io.w7s.sdk.event.EventRouter;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our CloudEvents are those of the CloudEvents Java SDK, both ways. */
class CloudEventsTest extends AppRequests {

  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final AppId SHOP = AppId.parse("acme/shop");
  private static final AppId WORKER = AppId.parse("acme/worker");
  private static final QueueRef<Job> REMOTE_JOBS =
      AppRef.of("acme/worker").queue("jobs", Job.class);
  private static final Outcome<?> TAKEN =
      Outcome.success(new SendReceipt(WORKER, "jobs", SteppedTime.START));

  private final ScriptedTransport transport = new ScriptedTransport(TAKEN);

  private static W7s w7s(String app, ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().app(app).build())
        .transport(transport)
        .time(new SteppedTime())
        .build();
  }

  private static CloudEvent read(byte[] json) {
    return format().deserialize(json);
  }

  private static io.cloudevents.core.format.EventFormat format() {
    return Objects.requireNonNull(
        EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE));
  }

  private static String data(CloudEvent event) {
    return new String(Objects.requireNonNull(event.getData()).toBytes(), UTF_8);
  }

  private static CloudEventBuilder foreign(String type, String data) {
    return CloudEventBuilder.v1()
        .withId("c1")
        .withSource(URI.create("acme/shop"))
        .withType(type)
        .withTime(OffsetDateTime.parse("2026-05-24T21:58:00Z"))
        .withExtension("traceparent", TRACE)
        .withData("application/json", data.getBytes(UTF_8));
  }

  private static String text(CloudEventBuilder event) {
    return new String(format().serialize(event.build()), UTF_8);
  }

  private byte[] sent() {
    return ((QueueSend) transport.sent.get(0)).body();
  }

  @Test
  void aMessageSentAsACloudEventIsOne() {
    w7s("acme/shop", transport)
        .queues()
        .send(
            REMOTE_JOBS,
            new Job("x"),
            send -> send.asCloudEvent("com.acme.job").traceParent(TRACE));

    CloudEvent event = read(sent());
    assertThat(event.getId()).matches("[0-9a-f-]{36}");
    assertThat(event.getSource()).hasToString("acme/shop");
    assertThat(event.getType()).isEqualTo("com.acme.job");
    assertThat(event.getTime()).isEqualTo("2026-05-25T12:00:00Z");
    assertThat(event.getExtension("traceparent")).isEqualTo(TRACE);
    assertThat(event.getSubject()).isNull();
    assertThat(data(event)).isEqualTo("{\"type\":\"x\"}");
  }

  @Property(tries = 200)
  void anyTypeAndAnyTextComesThroughACloudEvent(
      @ForAll @NotBlank @StringLength(max = 50) String type,
      @ForAll @StringLength(max = 50) String text) {
    var sending = new ScriptedTransport(TAKEN);
    boolean halfPair = (type + text).chars().anyMatch(c -> Character.isSurrogate((char) c));
    if (halfPair) {
      return; // no JSON in UTF-8 can hold one
    }
    w7s("acme/shop", sending)
        .queues()
        .send(REMOTE_JOBS, new Job(text), send -> send.asCloudEvent(type));
    String body = new String(((QueueSend) sending.sent.get(0)).body(), UTF_8);

    assertThat(read(body.getBytes(UTF_8)).getType()).isEqualTo(type);
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();
    assertThat(post(app, "/_w7s/queues/jobs", delivery(message("m1", 1, body))).status())
        .isEqualTo(200);
    assertThat(seen.get(0).body()).isEqualTo(new Job(text));
    assertThat(seen.get(0).cloudEvent().orElseThrow().type()).isEqualTo(type);
  }

  @Test
  void aCloudEventOfAnotherSdkIsAMessageWithItsDataForABody() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();

    String plain = "{\"type\":\"b\",\"note\":\"specversion\"}";
    AppResponse answer =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(
                message("m1", 1, text(foreign("com.acme.job", "{\"type\":\"a\"}"))),
                message("m2", 1, plain)));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(seen).extracting(QueueMessage::body).containsExactly(new Job("a"), new Job("b"));
    assertThat(seen.get(0).traceParent()).contains(TRACE);
    assertThat(seen.get(0).cloudEvent())
        .contains(
            new io.w7s.sdk.queue.CloudEvent(
                "c1",
                "acme/shop",
                "com.acme.job",
                Optional.of(OffsetDateTime.parse("2026-05-24T21:58:00Z").toInstant())));
    assertThat(seen.get(1).traceParent()).isEmpty();
    assertThat(seen.get(1).cloudEvent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"specversion\":\"1.0\",\"id\":1,\"source\":\"s\",\"type\":\"t\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}",
        "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}",
        "{\"specversion\":1.0,\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}",
        "[\"specversion\"]",
        "\"specversion\""
      })
  void whatOnlyLooksLikeACloudEventIsABodyLikeAnyOther(String body) {
    QueueRef<Object> any = AppRef.of("acme/worker").queue("jobs", Object.class);
    var seen = new ArrayList<QueueMessage<Object>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(any, seen::add).build();

    assertThat(post(app, "/_w7s/queues/jobs", delivery(message("m1", 1, body))).status())
        .isEqualTo(200);
    assertThat(seen.get(0).cloudEvent()).isEmpty();
    if (body.startsWith("{")) {
      assertThat(seen.get(0).body())
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsKey("specversion");
    }
  }

  @Test
  void binaryDataIsRefusedWithItsPlace() {
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build();
    String binary =
        text(
            CloudEventBuilder.v1()
                .withId("c1")
                .withSource(URI.create("s"))
                .withType("t")
                .withData("image/png", new byte[] {1, 2}));

    AppResponse answer = post(app, "/_w7s/queues/jobs", delivery(message("m1", 1, binary)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).contains("message m1: CloudEvent at $.data_base64: must be data");
  }

  @Test
  void aCloudEventNeedsAType() {
    assertThatThrownBy(
            () ->
                w7s("acme/shop", transport)
                    .queues()
                    .send(REMOTE_JOBS, new Job("x"), send -> send.asCloudEvent(" ")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("CloudEvent type: found blank text, must be not blank");
  }

  @Test
  void anEventPublishedAsACloudEventReachesItsSubscribersAsOne() {
    assertThat(route(text(foreign("orders.created", "{\"orderId\":\"o1\"}"))).status())
        .isEqualTo(202);

    CloudEvent event = read(sent());
    assertThat(event.getId()).isEqualTo("c1");
    assertThat(event.getSource()).hasToString("acme/shop");
    assertThat(event.getType()).isEqualTo("orders.created");
    assertThat(event.getSubject()).isEqualTo("orders.created");
    assertThat(event.getTime()).isEqualTo("2026-05-24T21:58:00Z");
    assertThat(event.getExtension("traceparent")).isEqualTo(TRACE);
    assertThat(data(event)).isEqualTo("{\"orderId\":\"o1\"}");
    assertThat(handled(new String(sent(), UTF_8)))
        .isEqualTo(
            Event.builder("orders.created", new Order("o1"))
                .id("c1")
                .source(SHOP)
                .messageId("m1")
                .time(OffsetDateTime.parse("2026-05-24T21:58:00Z").toInstant())
                .traceParent(TRACE)
                .build());
  }

  @Test
  void thePublishersChoiceOfFormAndTraceGoesToTheTransport() {
    var events = new ScriptedTransport(Outcome.deliveryUnknown("cut", null));
    assertThatThrownBy(
            () ->
                w7s("acme/shop", events)
                    .events()
                    .publish(
                        CREATED,
                        new Order("o1"),
                        publish -> publish.asCloudEvent().traceParent(TRACE)))
        .hasMessageContaining("cut");

    EventPublish publish = (EventPublish) events.sent.get(0);
    assertThat(publish.cloudEvent()).isTrue();
    assertThat(publish.traceParent()).isEqualTo(TRACE);
  }

  @Test
  void aTraceSurvivesTheRouterInThePlainFormToo() {
    String plain =
        event("orders.created", "{\"orderId\":\"o1\"}")
            .replace("\"data\"", "\"traceparent\":\"" + TRACE + "\",\"data\"");
    route(plain);

    String message = new String(sent(), UTF_8);
    assertThat(message).doesNotContain("specversion");
    assertThat(handled(message).traceParent()).contains(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "null", "\"no trace\"", "\"\"", "{}"})
  void aBrokenTraceIsIgnored(String broken) {
    String plain =
        event("orders.created", "{\"orderId\":\"o1\"}")
            .replace("\"data\"", "\"traceparent\":" + broken + ",\"data\"");

    assertThat(route(plain).status()).isEqualTo(202);
    assertThat(new String(sent(), UTF_8)).doesNotContain("traceparent");
    assertThat(handled(plain).traceParent()).isEmpty();
  }

  @Test
  void aHandlerThatFailsIsLoggedWithItsTrace() {
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                CREATED,
                "events",
                event -> {
                  throw new IllegalStateException("down");
                })
            .build();
    String traced = text(foreign("orders.created", "{\"orderId\":\"o1\"}"));

    post(app, "/_w7s/queues/events", delivery(message("m1", 2, traced)));

    assertThat(log.list.get(0).getFormattedMessage())
        .contains("message m1 (attempt 2, traceparent " + TRACE + ")");
  }

  private AppResponse route(String event) {
    EventRegistry registry =
        new EventRegistry()
            .publish(SHOP, PRODUCTION, CREATED)
            .subscribe(WORKER, PRODUCTION, CREATED, "events");
    W7sApp router =
        EventRouterApp.of(w7s("acme/event-router", transport), EventRouter.of(registry));
    Headers caller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", "acme")
            .with("x-w7s-rpc-caller-repo", "shop");
    return send(router, "POST", "/publish", "", caller, event);
  }

  private static Event<Order> handled(String message) {
    var seen = new ArrayList<Event<Order>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(CREATED, "events", seen::add).build();
    assertThat(post(app, "/_w7s/queues/events", delivery(message("m1", 1, message))).status())
        .isEqualTo(200);
    return seen.get(0);
  }
}

package io.w7s.sdk.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.ScriptedTransport;
import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents of this SDK are those of the CloudEvents Java SDK, in both directions. */
class CloudEventsTest extends AppRequests {

  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final AppId WORKER = AppId.parse("acme/worker");
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

  // ---- Messages that this SDK sends

  @Test
  void aMessageSentAsACloudEventIsOne() {
    w7s("acme/shop", transport)
        .queues()
        .send(JOBS, new Job("x"), send -> send.asCloudEvent("com.acme.job").traceParent(TRACE));

    CloudEvent event = read(sent());
    assertThat(event.getId()).matches("[0-9a-f-]{36}");
    assertThat(event.getSource()).hasToString("acme/shop");
    assertThat(event.getType()).isEqualTo("com.acme.job");
    assertThat(event.getTime()).isEqualTo("2026-05-25T12:00:00Z");
    assertThat(event.getExtension("traceparent")).isEqualTo(TRACE);
    assertThat(event.getExtension("w7sform")).isEqualTo("cloudevent");
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
    w7s("acme/shop", sending).queues().send(JOBS, new Job(text), send -> send.asCloudEvent(type));
    byte[] body = ((QueueSend) sending.sent.get(0)).body();

    assertThat(read(body).getType()).isEqualTo(type);
    String rewritten = JsonValues.write(JsonValues.parse(body)); // as the platform does
    for (QueueRef<Job> queue : List.of(JOBS, JOBS.asCloudEvents())) {
      QueueMessage<Job> message = received(queue, rewritten);
      assertThat(message.body()).isEqualTo(new Job(text));
      assertThat(message.cloudEvent().orElseThrow().type()).isEqualTo(type);
    }
  }

  @Test
  void refusesACloudEventWithoutAType() {
    assertThatThrownBy(
            () ->
                w7s("acme/shop", transport)
                    .queues()
                    .send(JOBS, new Job("x"), send -> send.asCloudEvent(" ")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("CloudEvent type: found blank text, must be not blank");
  }

  @Test
  void refusesAPlainMessageForAQueueOfCloudEvents() {
    assertThatThrownBy(
            () -> w7s("acme/shop", transport).queues().send(JOBS.asCloudEvents(), new Job("x")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "message body: found a plain message for acme/worker/jobs, whose ref asks for"
                + " CloudEvents, must be sent with asCloudEvent(type)");
    assertThat(transport.sent).isEmpty();
  }

  // ---- Bodies that look like a CloudEvent

  /** Has the fields of a CloudEvent, for a purpose of its own. */
  record Reading(
      String specversion, String id, String source, String type, Job data, String w7sform) {}

  @ParameterizedTest
  @ValueSource(strings = {"cloudevent", "plain", ""})
  void aBodyWithTheFieldsOfACloudEventComesThroughAsItIs(String form) {
    QueueRef<Reading> readings = AppRef.of("acme/worker").queue("jobs", Reading.class);
    var reading = new Reading("1.0", "7", "boiler", "heat", new Job("x"), form);
    w7s("acme/shop", transport).queues().send(readings, reading);

    QueueMessage<Reading> message = received(readings, new String(sent(), UTF_8));

    assertThat(message.body()).isEqualTo(reading);
    assertThat(message.cloudEvent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":7}",
        "{\"w7sform\":\"x\",\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}",
        "{\"w7sform\":\"cloudevents\",\"specversion\":\"1.0\"}",
        "{\"w7sform\":\"cloudevent\"}",
        "[\"specversion\"]",
        "\"specversion\""
      })
  void anUnmarkedMessageIsReadAsItIs(String body) {
    QueueRef<Object> any = AppRef.of("acme/worker").queue("jobs", Object.class);

    QueueMessage<Object> message = received(any, body);

    assertThat(message.cloudEvent()).isEmpty();
    assertThat(message.body())
        .isEqualTo(JacksonCodec.create().decode(body.getBytes(UTF_8), any.type()));
  }

  // ---- CloudEvents of other SDKs

  @Test
  void aQueueOfCloudEventsTakesThoseOfOtherSdks() {
    QueueMessage<Job> message =
        received(JOBS.asCloudEvents(), text(foreign("com.acme.job", "{\"type\":\"a\"}")));

    assertThat(message.body()).isEqualTo(new Job("a"));
    assertThat(message.traceParent()).contains(TRACE);
    assertThat(message.cloudEvent())
        .contains(
            new io.w7s.sdk.queue.CloudEvent(
                "c1",
                "acme/shop",
                "com.acme.job",
                Optional.of(OffsetDateTime.parse("2026-05-24T21:58:00Z").toInstant())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'b'} | CloudEvent at $.specversion: must be 1.0",
        "{'specversion':'0.3','id':'1','source':'s','type':'t'} | CloudEvent at $.specversion: must",
        "{'specversion':1.0,'id':'1','source':'s','type':'t'} | CloudEvent at $.specversion: must",
        "{'specversion':'1.0','source':'s','type':'t'} | CloudEvent at $.id: is missing",
        "{'specversion':'1.0','id':1,'source':'s','type':'t'} | CloudEvent at $.id: must be text",
        "{'specversion':'1.0','id':'1','type':'t'} | CloudEvent at $.source: is missing",
        "{'specversion':'1.0','id':'1','source':'s'} | CloudEvent at $.type: is missing",
        "{'specversion':'1.0','id':'1','source':'s','type':'t','time':'x'} | CloudEvent at $.time:",
        "{'specversion':'1.0','id':'1','source':'s','type':'t','data_base64':'AQI='}"
            + " | CloudEvent at $.data_base64: is not supported",
        "['specversion'] | CloudEvent at $: must be an object",
        "7 | CloudEvent at $: must be an object",
      })
  void aQueueOfCloudEventsRefusesAnythingElse(String body, String reason) {
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker")).on(JOBS.asCloudEvents(), message -> {}).build();

    AppResponse response =
        post(app, "/_w7s/queues/jobs", delivery(message("m1", 1, body.replace('\'', '"'))));

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m1: " + reason);
  }

  // ---- Events

  @Test
  void aPublishHandsFormAndTraceToTheTransport() {
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
  void aFailedHandlerIsLoggedWithTheTrace() {
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

  private static <T> QueueMessage<T> received(QueueRef<T> queue, String body) {
    var seen = new ArrayList<QueueMessage<T>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(queue, seen::add).build();
    assertThat(post(app, "/_w7s/queues/jobs", delivery(message("m1", 1, body))).status())
        .isEqualTo(200);
    return seen.get(0);
  }
}

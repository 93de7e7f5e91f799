package io.w7s.sdk.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.Event;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents and traces on their way from a publisher through a router app to a subscriber. */
class RoutedCloudEventsTest extends RouterRequests {

  private static final String PLAIN =
      "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
          + "\"time\":\"2026-05-24T21:58:00Z\",\"data\":{\"orderId\":\"o1\"}}";

  private final FakeTransport transport = new FakeTransport(TAKEN, TAKEN);

  private String routed(String event) {
    assertThat(publish(app(transport), caller("acme/shop"), event).status()).isEqualTo(202);
    return sent(transport, 0);
  }

  private static Event<Order> handled(String message) {
    var seen = new ArrayList<Event<Order>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(CREATED, "events", seen::add).build();
    String delivery =
        "{\"queue\":\"events\",\"messages\":[{\"id\":\"m1\",\"body\":" + message + "}]}";
    app.handle(
        new AppRequest(
            "POST", "/_w7s/queues/events", "", Headers.none(), delivery.getBytes(UTF_8)));
    assertThat(seen).hasSize(1);
    return seen.get(0);
  }

  @Test
  void aCloudEventOfAnotherSdkReachesSubscribersAsOne() {
    EventFormat format =
        Objects.requireNonNull(
            EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE));
    CloudEvent published =
        CloudEventBuilder.v1()
            .withId("c1")
            .withSource(URI.create("acme/shop"))
            .withType("orders.created")
            .withTime(OffsetDateTime.parse("2026-05-24T21:58:00Z"))
            .withExtension("traceparent", TRACE)
            .withData("application/json", "{\"orderId\":\"o1\"}".getBytes(UTF_8))
            .build();

    String message = routed(new String(format.serialize(published), UTF_8));

    CloudEvent event = format.deserialize(message.getBytes(UTF_8));
    assertThat(event.getId()).isEqualTo("c1");
    assertThat(event.getSource()).hasToString("acme/shop");
    assertThat(event.getType()).isEqualTo("orders.created");
    assertThat(event.getSubject()).isEqualTo("orders.created");
    assertThat(event.getTime()).isEqualTo("2026-05-24T21:58:00Z");
    assertThat(event.getExtension("traceparent")).isEqualTo(TRACE);
    assertThat(new String(Objects.requireNonNull(event.getData()).toBytes(), UTF_8))
        .isEqualTo("{\"orderId\":\"o1\"}");
    assertThat(handled(message))
        .isEqualTo(
            Event.builder("orders.created", new Order("o1"))
                .id("c1")
                .source(SHOP)
                .messageId("m1")
                .time(Instant.parse("2026-05-24T21:58:00Z"))
                .traceParent(TRACE)
                .build());
  }

  @Test
  void aPlainEventKeepsItsTraceAndItsForm() {
    String traced = PLAIN.replace("\"data\"", "\"traceparent\":\"" + TRACE + "\",\"data\"");

    String message = routed(traced);

    assertThat(message).doesNotContain("specversion").doesNotContain("w7sform");
    assertThat(handled(message).traceParent()).contains(TRACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "null", "\"no trace\"", "\"\"", "{}"})
  void aBrokenTraceIsLeftOut(String broken) {
    String event = PLAIN.replace("\"data\"", "\"traceparent\":" + broken + ",\"data\"");

    assertThat(routed(event)).doesNotContain("traceparent");
    assertThat(handled(event).traceParent()).isEmpty();
  }
}

package io.w7s.samples.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderRouterTest {

  private static final String EVENT =
      "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/order-api\","
          + "\"time\":\"2026-05-24T22:00:00.000Z\",\"data\":{\"n\":1.50,\"left\":null}}";

  private final FakeTransport queues =
      new FakeTransport(
          Outcome.success(
              new SendReceipt(AppId.parse("acme/email-worker"), "events", Instant.EPOCH)));

  @Test
  void sendsAnEventToEachSubscriber() {
    AppResponse answer = publish(queues, Headers.none(), EVENT);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer))
        .startsWith(
            "{\"ok\":true,\"service\":\"event-router\",\"accepted\":true,"
                + "\"subject\":\"orders.created\",\"publisher\":\"acme/order-api\",\"deliveries\":"
                + "[{\"repository\":\"acme/email-worker\",\"queue\":\"events\","
                + "\"target\":\"there: acme/email-worker/events\",\"ok\":true,\"status\":200,");
    QueueSend send = (QueueSend) queues.sent.get(0);
    assertThat(send.target()).isEqualTo("acme/email-worker/events");
    assertThat(new String(send.body(), UTF_8)).isEqualTo(EVENT);
  }

  @Test
  void takesTheCallersWordForWhoPublished() {
    Headers caller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", "acme")
            .with("x-w7s-rpc-caller-repo", "shop");

    assertThat(text(publish(queues, caller, EVENT))).contains("\"publisher\":\"acme/shop\"");
    assertThat(new String(((QueueSend) queues.sent.get(0)).body(), UTF_8))
        .contains("\"source\":\"acme/shop\"");
  }

  @Test
  void givesAnEventAnId() {
    publish(queues, Headers.none(), "{\"subject\":\"orders.created\",\"source\":\"acme/shop\"}");

    assertThat(new String(((QueueSend) queues.sent.get(0)).body(), UTF_8)).startsWith("{\"id\":\"");
  }

  @Test
  void acceptsAnEventThatNobodyWants() {
    AppResponse answer =
        publish(
            queues, Headers.none(), "{\"subject\":\"orders.deleted\",\"source\":\"acme/shop\"}");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer)).endsWith("\"deliveries\":[]}");
    assertThat(queues.sent).isEmpty();
  }

  @Test
  void saysWhichDeliveryFailedAndWhy() {
    var unreachable = new FakeTransport(Outcome.deliveryUnknown("http://x is closed", null));

    AppResponse answer = publish(unreachable, Headers.none(), EVENT);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(text(answer))
        .startsWith("{\"ok\":false,")
        .contains("\"repository\":\"acme/email-worker\"", "\"ok\":false,\"status\":502")
        .contains("acme/email-worker/events", "http://x is closed");
  }

  @Test
  void passesOnTheStatusOfARefusal() {
    var full = new FakeTransport(Outcome.refused(404, "no such queue"));

    assertThat(text(publish(full, Headers.none(), EVENT))).contains("\"status\":404");
  }

  private static final Headers ORDER_API =
      Headers.of("x-w7s-rpc", "1")
          .with("x-w7s-rpc-caller-owner", "acme")
          .with("x-w7s-rpc-caller-repo", "order-api");

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no JSON", "null", "{}", "{\"subject\":\"\"}", "{\"subject\":\"orders.*\"}"})
  void refusesWhatIsNoEvent(String body) {
    AppResponse answer = publish(queues, ORDER_API, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).startsWith("{\"ok\":false,\"error\":\"");
    assertThat(queues.sent).isEmpty();
  }

  @Test
  void listsTheSubscriptions() {
    AppResponse answer =
        app(queues)
            .handle(new AppRequest("GET", "/subscriptions", "", Headers.none(), new byte[0]));

    assertThat(text(answer))
        .isEqualTo(
            "{\"subjects\":{\"orders.created\":"
                + "[{\"repository\":\"acme/email-worker\",\"queue\":\"events\"}]}}");
  }

  @Test
  void declaresWhatItsManifestSays() {
    app(queues).verifyManifest(Path.of("w7s.json")); // throws when they differ
  }

  private static W7sApp app(FakeTransport transport) {
    W7sConfig config = W7sConfig.builder().app("acme/event-router").build();
    return OrderRouter.app(W7s.builder(config).transport(transport).build())
        .trustSource()
        .target(delivery -> "there: " + delivery.app() + "/" + delivery.queue())
        .build();
  }

  private static AppResponse publish(FakeTransport transport, Headers headers, String event) {
    return app(transport)
        .handle(new AppRequest("POST", "/publish", "", headers, event.getBytes(UTF_8)));
  }

  private static String text(AppResponse answer) {
    return new String(answer.body(), UTF_8);
  }
}

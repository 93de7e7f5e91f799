package io.w7s.sdk.local;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.w7s.sdk.local.Calls.publish;
import static io.w7s.sdk.local.LocalFailureTest.none;
import static io.w7s.sdk.local.LocalQueueTest.refused;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.w7s.sdk.AppId;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.wire.PublishResult;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalEventTest {

  private static final String NO_DELIVERIES =
      "{\"ok\":true,\"accepted\":true,\"subject\":\"orders.created\",\"deliveries\":[]}";

  @RegisterExtension
  static final WireMockExtension router =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
          .build();

  private Transport transport;

  @BeforeEach
  void open() {
    transport =
        Calls.transport(
            Calls.config()
                .eventRouter("acme/router")
                .localApp(
                    "acme/router", URI.create("http://127.0.0.1:" + router.getPort() + "/router")));
  }

  @AfterEach
  void close() {
    transport.close();
  }

  @ParameterizedTest
  @EnumSource
  void publishesToTheRouterByRpc(CallStyle style) {
    routerAnswers(200, NO_DELIVERIES);

    PublishReceipt receipt = succeeded(style.make(transport, publish("{\"id\":\"ord_1\"}")));

    assertThat(receipt.id()).isEqualTo("evt-1");
    assertThat(receipt.subject()).isEqualTo("orders.created");
    assertThat(receipt.source()).isEqualTo(AppId.parse("acme/shop"));
    assertThat(receipt.deliveries()).isEmpty();
    router.verify(
        1,
        postRequestedFor(urlEqualTo("/router/publish"))
            .withHeader("x-w7s-rpc", equalTo("1"))
            .withHeader("x-w7s-rpc-caller-owner", equalTo("acme"))
            .withHeader("x-w7s-rpc-caller-repo", equalTo("shop"))
            .withHeader("x-w7s-rpc-caller-repository", equalTo("acme/shop"))
            .withHeader("x-w7s-rpc-caller-environment", equalTo("feature-x"))
            .withHeader("content-type", equalTo("application/json"))
            .withHeader("x-w7s-queue", absent())
            .withRequestBody(
                equalToJson(
                    "{\"id\":\"evt-1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                        + "\"time\":\"2026-05-24T22:00:00.500Z\",\"data\":{\"id\":\"ord_1\"}}")));
  }

  @ParameterizedTest
  @EnumSource
  void sendsTraceAndFormInTheBody(CallStyle style) {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    routerAnswers(200, NO_DELIVERIES);
    EventPublish plain = publish("1");
    succeeded(
        style.make(
            transport,
            new EventPublish(
                plain.source(),
                plain.id(),
                plain.subject(),
                plain.time(),
                plain.data(),
                trace,
                true,
                true,
                null)));

    router.verify(
        1,
        postRequestedFor(urlEqualTo("/router/publish"))
            .withRequestBody(
                equalToJson(
                    "{\"w7sform\":\"cloudevent\",\"specversion\":\"1.0\",\"id\":\"evt-1\","
                        + "\"type\":\"orders.created\","
                        + "\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                        + "\"time\":\"2026-05-24T22:00:00.500Z\",\"traceparent\":\""
                        + trace
                        + "\",\"data\":1}")));
  }

  @Test
  void readsTheReceiptOfARouterApp() {
    routerAnswers(
        202,
        "{\"ok\":false,\"service\":\"event-router\",\"accepted\":true,\"deliveries\":["
            + delivery("acme/email-worker", true, 200, "{\"ok\":true}")
            + ","
            + delivery("acme/Audit", false, 503, "{\"ok\":false,\"error\":\"full\"}")
            + ","
            + delivery("acme/text", false, 500, "\"oops\"")
            + ","
            + delivery("acme/mute", false, 404, "null")
            + "]}");

    PublishReceipt receipt = succeeded(CallStyle.BLOCKING.make(transport, publish("1")));

    assertThat(receipt.complete()).isFalse();
    assertThat(receipt.deliveries())
        .containsExactly(
            enqueued("acme/email-worker"),
            failed("acme/audit", "the subscriber responded with 503: full"),
            failed("acme/text", "the subscriber responded with 500: oops"),
            failed("acme/mute", "the subscriber responded with 404"));
  }

  @Test
  void readsThePlatformsReceipt() {
    routerAnswers(
        200,
        "{\"status\":\"success\",\"data\":{\"event\":{\"id\":\"evt-1\"},\"deliveries\":["
            + "{\"repository\":\"acme/a\",\"queue\":\"events\",\"status\":\"enqueued\"},"
            + "{\"repository\":\"acme/b\",\"queue\":\"events\",\"status\":\"failed\",\"error\":\"limit\"},"
            + "{\"repository\":\"acme/c\",\"queue\":\"events\",\"status\":\"failed\"}]}}");

    assertThat(succeeded(CallStyle.BLOCKING.make(transport, publish("1"))).deliveries())
        .containsExactly(
            enqueued("acme/a"),
            failed("acme/b", "limit"),
            failed("acme/c", "the router does not say why"));
  }

  @Test
  void skipsWhatAnEarlierPublishDelivered() {
    Delivery skipped =
        new Delivery(AppId.parse("acme/a"), "events", Status.SKIPPED, Optional.empty());
    routerAnswers(
        202,
        "{\"deliveries\":[{\"repository\":\"acme/a\",\"queue\":\"events\",\"ok\":true,"
            + "\"skipped\":true}]}");
    assertThat(succeeded(CallStyle.BLOCKING.make(transport, publish("1"))).deliveries())
        .containsExactly(skipped);

    PublishReceipt receipt =
        new PublishReceipt(
            "evt-1",
            "orders.created",
            AppId.parse("acme/shop"),
            Instant.EPOCH,
            List.of(skipped, enqueued("acme/b"), failed("acme/c", "limit")));
    String data = new String(PublishResult.toJson(receipt), StandardCharsets.UTF_8);
    routerAnswers(200, "{\"status\":\"success\",\"data\":" + data + "}");
    assertThat(succeeded(CallStyle.BLOCKING.make(transport, publish("1"))).deliveries())
        .isEqualTo(receipt.deliveries());
    assertThat(data)
        .contains("{\"repository\":\"acme/a\",\"queue\":\"events\",\"status\":\"enqueued\",");
  }

  @ParameterizedTest
  @ValueSource(ints = {207, 500, 502})
  void readsDeliveriesAtAnyStatus(int status) {
    routerAnswers(
        status, "{\"ok\":false,\"deliveries\":[" + delivery("acme/a", false, 500, "null") + "]}");

    assertThat(succeeded(CallStyle.BLOCKING.make(transport, publish("1"))).failed()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 403, 404, 429, 500, 502})
  void passesTheRoutersRefusalOn(int status) {
    router.stubFor(
        post("/router/publish")
            .willReturn(
                aResponse()
                    .withStatus(status)
                    .withHeader("retry-after", "3")
                    .withHeader("location", "/elsewhere")
                    .withBody("{\"ok\":false,\"error\":\"no subject\",\"deliveries\":[]}")));

    Outcome.Refused<?> refused = refused(CallStyle.BLOCKING.make(transport, publish("1")));

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.message())
        .startsWith("event router acme/router at http://127.0.0.1:")
        .endsWith("/router/publish responded with " + status + ": no subject");
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ok",
        "{\"ok\":true}",
        "{\"deliveries\":{}}",
        "{\"deliveries\":[1]}",
        "{\"deliveries\":[{\"queue\":\"q\",\"ok\":true}]}",
        "{\"deliveries\":[{\"repository\":\"no slash\",\"queue\":\"q\",\"ok\":true}]}"
      })
  void leavesDeliveryUnknownWithoutReadableDeliveries(String body) {
    routerAnswers(200, body);

    Outcome.NoResponse<?> outcome = none(CallStyle.BLOCKING.make(transport, publish("1")));

    assertThat(outcome.mayHaveBeenDelivered()).isTrue();
    assertThat(outcome.message()).contains("acme/router").contains("without a list of deliveries");
  }

  @ParameterizedTest
  @EnumSource
  void namesTheSettingsWithoutRouterAndSubscriber(CallStyle style) {
    W7sConfig.Builder config = Calls.config().localManifest("acme/shop", Manifest.empty());
    try (Transport without = Calls.transport(config)) {
      assertThatThrownBy(() -> style.make(without, publish("1")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.events.router")
          .hasMessageContaining("W7S_EVENTS_ROUTER")
          .hasMessageContaining("w7s.local.manifests.<owner>/<repo>");
    }
  }

  @Test
  void namesARouterWithoutUrl() {
    try (Transport without = Calls.transport(Calls.config().eventRouter("acme/router"))) {
      assertThatThrownBy(() -> CallStyle.BLOCKING.make(without, publish("1")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.local.apps.acme/router");
    }
  }

  @ParameterizedTest
  @EnumSource
  void deliversEventsToSubscribedQueuesWithoutRouter(CallStyle style) throws Exception {
    VirtualTime time = Calls.virtualTime();
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport local =
            Calls.transport(
                Calls.config()
                    .localApp("other/email", worker.url("/email"))
                    .localManifest("other/email", subscribed().withQueueAllow("acme"))
                    .localManifest("acme/absent", subscribed())
                    .localManifest("acme/idle", Manifest.empty()),
                time)) {
      PublishReceipt receipt = succeeded(style.make(local, publish("{\"id\":\"ord_1\"}")));
      time.runUntilIdle(10);

      assertThat(receipt.id()).isEqualTo("evt-1");
      assertThat(receipt.deliveries())
          .extracting(Delivery::app, Delivery::status)
          .containsExactlyInAnyOrder(
              tuple(AppId.parse("other/email"), Status.ENQUEUED),
              tuple(AppId.parse("acme/absent"), Status.FAILED));
      assertThat(worker.requests()).hasSize(1);
      assertThat(worker.requests().get(0).line()).isEqualTo("POST /email/consume HTTP/1.1");
      assertThat(worker.requests().get(0).body()).contains("\"body\":{\"id\":\"evt-1\"");
    }
  }

  @Test
  void publishesOnlyWhatTheManifestDeclares() {
    try (Transport local =
        Calls.transport(
            Calls.config()
                .localManifest("acme/shop", Manifest.empty())
                .localManifest("acme/email", subscribed()),
            Calls.virtualTime())) {
      Outcome.Refused<?> refused = refused(CallStyle.BLOCKING.make(local, publish("1")));
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.message()).contains("events.publish");
    }
  }

  private static Manifest subscribed() {
    return Manifest.empty()
        .withQueue(new Manifest.Queue("events", "/consume"))
        .withSubscription(new Manifest.Subscription("orders.created", "events"));
  }

  private static void routerAnswers(int status, String body) {
    router.stubFor(
        post("/router/publish").willReturn(aResponse().withStatus(status).withBody(body)));
  }

  private static String delivery(String repository, boolean ok, int status, String response) {
    return "{\"repository\":\"%s\",\"queue\":\"events\",\"target\":\"http://x\",\"ok\":%s,\"status\":%d,\"response\":%s}"
        .formatted(repository, ok, status, response);
  }

  private static Delivery enqueued(String app) {
    return new Delivery(AppId.parse(app), "events", Status.ENQUEUED, Optional.empty());
  }

  private static Delivery failed(String app, String reason) {
    return new Delivery(AppId.parse(app), "events", Status.FAILED, Optional.of(reason));
  }
}

package io.w7s.sdk.hosted;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.w7s.sdk.AppId;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues, workflows and events: what is asked of the control plane, and how its answer is read. */
@Timeout(60)
class HostedControlTest {

  @RegisterExtension
  static final WireMockExtension platform =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
          .build();

  private W7s w7s;

  @BeforeEach
  void open() {
    w7s = w7s(Shop.config(url()));
  }

  private static W7s w7s(W7sConfig.Builder config) {
    return W7s.builder(config.build()).options(call -> call.retry(RetryPolicy.none())).build();
  }

  private static URI url() {
    return URI.create("http://127.0.0.1:" + platform.getPort());
  }

  @AfterEach
  void close() {
    w7s.close();
  }

  private static void answers(int status, String body) {
    platform.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withBody(body)));
  }

  @Test
  void aSendIsAPostOfTheBodyWithTheTokenForQueues() {
    answers(200, Shop.sent());

    SendReceipt receipt =
        w7s.queues().send(Shop.JOBS, Shop.JOB, send -> send.delay(Duration.ofSeconds(60)));

    assertThat(receipt)
        .isEqualTo(
            new SendReceipt(
                AppId.parse("acme/worker"), "jobs", Instant.parse("2026-05-24T21:59:00Z")));
    platform.verify(
        1,
        postRequestedFor(urlEqualTo("/api/v1/queues/acme/worker/jobs"))
            .withHeader("authorization", equalTo("Bearer queue-token"))
            .withHeader("accept", equalTo("application/json"))
            .withHeader("content-type", equalTo("application/json"))
            .withHeader("x-w7s-queue-delay-seconds", equalTo("60"))
            .withRequestBody(equalToJson("{\"id\":1}")));
  }

  @Test
  void aSendWithoutDelayHasNoHeaderForIt() {
    answers(200, Shop.sent());

    w7s.queues().send(Shop.JOBS, Shop.JOB);

    platform.verify(
        1, postRequestedFor(anyUrl()).withHeader("x-w7s-queue-delay-seconds", absent()));
  }

  @Test
  void aWorkflowIsStartedUnderTheCallersIdAndAskedForUnderThePlatforms() {
    answers(200, instance("{\"status\":\"queued\"}"));

    WorkflowHandle<String> handle =
        w7s.workflows().start(Shop.CHECKOUT, "cart", start -> start.instanceId("order-1"));
    WorkflowStatus status = handle.status();

    assertThat(handle.instanceId()).isEqualTo("production-acme-worker-check-out-order-1");
    assertThat(status).isEqualTo(WorkflowStatus.of(State.QUEUED));
    platform.verify(
        1,
        postRequestedFor(urlEqualTo("/api/v1/workflows/acme/worker/check_out"))
            .withHeader("authorization", equalTo("Bearer workflow-token"))
            .withHeader("accept", equalTo("application/json"))
            .withHeader("x-w7s-workflow-instance-id", equalTo("order-1"))
            .withRequestBody(equalTo("\"cart\"")));
    platform.verify(
        1,
        getRequestedFor(
                urlEqualTo(
                    "/api/v1/workflows/acme/worker/check_out/production-acme-worker-check-out-order-1"))
            .withHeader("authorization", equalTo("Bearer workflow-token"))
            .withHeader("accept", equalTo("application/json")));
  }

  @Test
  void aCompleteWorkflowHasItsOutput() {
    answers(
        200,
        instance(
            "{\"status\":\"complete\",\"output\":{\"status\":201,\"contentType\":"
                + "\"application/json\",\"body\":\"\\\"paid\\\"\"}}"));

    WorkflowHandle<String> handle = w7s.workflows().handle(Shop.CHECKOUT, "i1");

    assertThat(handle.status().output())
        .hasValue(new WorkflowStatus.Output(201, "application/json", "\"paid\""));
    assertThat(handle.await(Duration.ofSeconds(1))).isEqualTo("paid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"failed\"", "{\"name\":\"Error\",\"message\":\"failed\"}"})
  void anErroredWorkflowSaysWhyInEitherForm(String error) {
    answers(200, instance("{\"status\":\"errored\",\"error\":" + error + "}"));

    assertThat(w7s.workflows().handle(Shop.CHECKOUT, "i1").status())
        .isEqualTo(new WorkflowStatus(State.ERRORED, Optional.empty(), Optional.of("failed")));
  }

  private static String instance(String status) {
    return Shop.success(
        "{\"workflow\":{\"owner\":\"acme\",\"repo\":\"worker\",\"name\":\"check_out\"},"
            + "\"instance\":{\"id\":\"production-acme-worker-check-out-order-1\",\"status\":"
            + status
            + "},\"createdAt\":\"2026-05-24T21:59:00.000Z\"}");
  }

  @Test
  void anEventGoesToThePlatformUnderThePublishersName() {
    answers(
        200,
        Shop.success(
            "{\"event\":{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                + "\"time\":\"2026-05-24T22:00:00.500Z\"},\"deliveries\":["
                + "{\"repository\":\"acme/mail\",\"queue\":\"events\",\"status\":\"enqueued\"},"
                + "{\"repository\":\"acme/audit\",\"queue\":\"log\",\"status\":\"failed\","
                + "\"error\":\"full\"}]}"));

    PublishReceipt receipt =
        w7s.events()
            .publish(
                Shop.CREATED,
                "ord_1",
                event -> event.id("e1").time(Instant.parse("2026-05-24T22:00:00.5Z")));

    assertThat(receipt.deliveries())
        .containsExactly(
            new Delivery(AppId.parse("acme/mail"), "events", Status.ENQUEUED, Optional.empty()),
            new Delivery(AppId.parse("acme/audit"), "log", Status.FAILED, Optional.of("full")));
    platform.verify(
        1,
        postRequestedFor(urlEqualTo("/api/v1/events/acme/shop"))
            .withHeader("authorization", equalTo("Bearer events-token"))
            .withHeader("accept", equalTo("application/json"))
            .withRequestBody(
                equalToJson(
                    "{\"id\":\"e1\",\"subject\":\"orders.created\",\"data\":\"ord_1\","
                        + "\"source\":\"acme/shop\","
                        + "\"time\":\"2026-05-24T22:00:00.500Z\"}")));
  }

  @Test
  void anEventWithoutAWayToGoNamesBothSettings() {
    var config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .url(url())
            .token(Token.RPC, "r")
            .token(Token.QUEUE, "q")
            .token(Token.WORKFLOW, "w");
    try (W7s without = w7s(config)) {
      assertThatThrownBy(() -> without.events().publish(Shop.CREATED, "x"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.token.events")
          .hasMessageContaining("w7s.events.router");
    }
  }

  @Test
  void anEventGoesToTheConfiguredRouterByRpc() {
    answers(
        202,
        "{\"ok\":true,\"deliveries\":[{\"repository\":\"acme/mail\",\"queue\":\"events\","
            + "\"ok\":false,\"status\":503,\"response\":{\"error\":\"full\"}}]}");
    try (W7s routed = w7s(Shop.config(url()).eventRouter("acme/router"))) {
      PublishReceipt receipt =
          routed.events().publish(Shop.CREATED, "ord_1", event -> event.id("e1"));

      assertThat(receipt.failed())
          .containsExactly(
              new Delivery(
                  AppId.parse("acme/mail"),
                  "events",
                  Status.FAILED,
                  Optional.of("the subscriber responded with 503: full")));
    }
    platform.verify(
        1,
        postRequestedFor(urlEqualTo("/api/v1/rpc/acme/router/publish"))
            .withHeader("authorization", equalTo("Bearer rpc-token"))
            .withRequestBody(
                equalToJson(
                    "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                        + "\"data\":\"ord_1\",\"time\":\"${json-unit.any-string}\"}")));
  }

  @Test
  void aRoutersOwnFailureAndThePlatformsRefusalOfTheRpcAreToldApart() {
    try (W7s routed = w7s(Shop.config(url()).eventRouter("acme/router"))) {
      answers(500, "{\"ok\":false,\"error\":\"no table\"}");
      assertThatThrownBy(() -> routed.events().publish(Shop.CREATED, "x"))
          .isExactlyInstanceOf(StatusException.class)
          .hasMessageContaining("the event router responded with 500: no table");

      answers(401, Shop.error("unknown token"));
      assertThatThrownBy(() -> routed.events().publish(Shop.CREATED, "x"))
          .isExactlyInstanceOf(UnauthenticatedException.class)
          .hasMessageContaining("unknown token")
          .hasMessageNotContaining("event router");
    }
  }

  @Test
  void aRefusalCarriesWhatThePlatformSays() {
    platform.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(429)
                    .withHeader("content-type", "text/plain")
                    .withHeader("retry-after", "86400")
                    .withBody(
                        "{\"status\":\"error\",\"error\":\"daily limit\","
                            + "\"details\":{\"usageLimit\":{\"metric\":\"queue.send\"}}}")));

    try (W7s retrying = W7s.of(Shop.config(url()).build())) {
      Instant before = Instant.now();
      LimitExceededException limit =
          catchThrowableOfType(
              LimitExceededException.class, () -> retrying.queues().send(Shop.JOBS, Shop.JOB));

      assertThat(limit.platformMessage()).isEqualTo("daily limit");
      assertThat(limit.details()).isEqualTo(Map.of("usageLimit", Map.of("metric", "queue.send")));
      assertThat(limit.retryAfter()).hasValue(Duration.ofDays(1));
      assertThat(limit.retryAt().orElseThrow())
          .isBetween(before.plus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(1)));
      assertThat(limit.attempts()).as("a day is more than a call waits for").isEqualTo(1);
    }
    platform.verify(1, postRequestedFor(anyUrl()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 <html>Welcome</html>",
        "200 {}",
        "200 {\"status\":\"success\"}",
        "200 nothing",
        "302 <html>moved</html>",
        "403 <html>blocked by proxy</html>",
        "404 Not found",
        "429 slow down",
        "502 <html>bad gateway</html>",
        "503 {\"ok\":false,\"error\":\"target\"}",
      })
  void whatIsNotOfThePlatformsShapeIsNoResponseOfThePlatform(String answer) {
    int status = Integer.parseInt(answer.substring(0, 3));
    String body = answer.substring(4).replace("nothing", "");
    answers(status, body);

    assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining(
            "the platform at " + url() + "/api/v1/queues/acme/worker/jobs responded with " + status)
        .hasMessageContaining("not the platform's, such as a proxy's page: ")
        .hasMessageContaining(body.isEmpty() ? "no body" : body)
        .hasMessageContaining("may have been delivered");
  }

  @Test
  void ofAForeignPageTheFirst200CharactersAreShownOnOneLine() {
    answers(502, "<html>\n" + "x".repeat(1000));

    assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("<html> " + "x".repeat(193) + "…")
        .hasMessageNotContaining("x".repeat(194));
  }

  @Test
  void aSuccessWhoseDataCannotBeReadSaysWhatIsMissing() {
    answers(200, Shop.success("{\"queue\":{}}"));
    assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("$.enqueuedAt")
        .hasMessageContaining("may have been delivered");

    answers(200, Shop.success("{\"event\":{}}"));
    assertThatThrownBy(() -> w7s.events().publish(Shop.CREATED, "x"))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("$.deliveries");
  }
}

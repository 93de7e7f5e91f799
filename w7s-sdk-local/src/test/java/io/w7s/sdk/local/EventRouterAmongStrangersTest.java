package io.w7s.sdk.local;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.retry.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The router app between a publisher and subscribers that do not use the SDK. */
class EventRouterAmongStrangersTest {

  private static final SubjectRef<Object> CREATED = SubjectRef.of("orders.created", Object.class);

  @RegisterExtension
  static final WireMockExtension subscribers =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort().bindAddress("127.0.0.1"))
          .build();

  private final VirtualTime time = Calls.virtualTime();
  private W7s w7s;
  private LocalAppServer router;

  @BeforeEach
  void start() {
    String url = "http://127.0.0.1:" + subscribers.getPort();
    W7sConfig config =
        W7sConfig.builder()
            .app("acme/event-router")
            .localApp("acme/audit", URI.create(url + "/audit"))
            .localApp("acme/worker", URI.create(url + "/worker"))
            .build();
    w7s =
        W7s.builder(config)
            .transport(LocalTransport.builder(config).time(time).build())
            .options(call -> call.retry(RetryPolicy.none()))
            .build();
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(AppId.parse("acme/shop"), Environment.PRODUCTION, CREATED)
            .subscribe(AppId.parse("acme/audit"), Environment.PRODUCTION, CREATED, "events")
            .subscribe(AppId.parse("acme/worker"), Environment.PRODUCTION, CREATED, "mails");
    router = LocalAppServer.start(EventRouterApp.of(w7s, EventRouter.of(registry)));
    subscribers.stubFor(post("/audit/_w7s/queues/events").willReturn(aResponse().withStatus(200)));
    subscribers.stubFor(post("/worker/_w7s/queues/mails").willReturn(aResponse().withStatus(200)));
  }

  @AfterEach
  void stop() {
    router.close();
    w7s.close();
  }

  private HttpResponse<String> publish() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(router.url() + "/publish"))
                .header("content-type", "application/json")
                .header("x-w7s-rpc", "1")
                .header("x-w7s-rpc-caller-owner", "acme")
                .header("x-w7s-rpc-caller-repo", "shop")
                .header("x-w7s-rpc-caller-repository", "acme/shop")
                .header("x-w7s-rpc-caller-environment", "production")
                .POST(
                    BodyPublishers.ofString(
                        "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                            + "\"data\":{\"orderId\":\"o1\"}}"))
                .build(),
            BodyHandlers.ofString());
  }

  @Test
  void sendsEachSubscriberABatchOfOne() throws Exception {
    HttpResponse<String> response = publish();
    time.advance(Duration.ZERO);

    assertThat(response.statusCode()).isEqualTo(202);
    for (String path : new String[] {"/audit/_w7s/queues/events", "/worker/_w7s/queues/mails"}) {
      subscribers.verify(
          1,
          postRequestedFor(urlEqualTo(path))
              .withHeader("x-w7s-queue", equalTo("1"))
              .withHeader("x-w7s-queue-caller-repository", equalTo("acme/event-router"))
              .withRequestBody(matchingJsonPath("$.messages[0].body.id", equalTo("e1")))
              .withRequestBody(matchingJsonPath("$.messages[0].body.source", equalTo("acme/shop")))
              .withRequestBody(matchingJsonPath("$.messages[0].body.data.orderId", equalTo("o1"))));
    }
  }

  @Test
  void retriesOnlyTheSubscriberThatWasDown() throws Exception {
    subscribers.stubFor(post("/worker/_w7s/queues/mails").willReturn(aResponse().withStatus(503)));
    HttpResponse<String> response = publish();
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.body())
        .contains("\"repository\":\"acme/audit\",\"queue\":\"events\"")
        .contains("\"repository\":\"acme/worker\",\"queue\":\"mails\"")
        .doesNotContain("\"ok\":false");
    time.advance(Duration.ZERO);

    subscribers.stubFor(post("/worker/_w7s/queues/mails").willReturn(aResponse().withStatus(200)));
    time.advance(Duration.ofSeconds(10));
    assertThat(publish().body()).contains("\"skipped\":true");
    time.advance(Duration.ofMinutes(1));

    subscribers.verify(1, postRequestedFor(urlEqualTo("/audit/_w7s/queues/events")));
    subscribers.verify(2, postRequestedFor(urlEqualTo("/worker/_w7s/queues/mails")));
  }
}

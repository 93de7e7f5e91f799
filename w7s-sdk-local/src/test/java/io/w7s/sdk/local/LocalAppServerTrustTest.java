package io.w7s.sdk.local;

import static io.w7s.sdk.local.internal.server.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.schedule.ScheduleRef;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a web page in a developer's browser can and cannot do to an app on the same machine. */
@Timeout(60)
class LocalAppServerTrustTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final String BATCH =
      "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"attempts\":1,\"body\":\"hi\"}]}";

  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final LocalAppServer server =
      LocalAppServer.start(
          W7sApp.builder(WORKER)
              .manifest(Manifest.empty().withQueue(new Manifest.Queue("old", "/old jobs")))
              .on(
                  WORKER.queue("jobs", String.class),
                  message -> handled.add("queue " + message.body()))
              .on(
                  WORKER.queue("mine", String.class).consumer("/consume/{kind}"),
                  message -> handled.add("mine " + message.body()))
              .on(
                  WORKER.workflow("check_out", String.class, String.class),
                  run -> {
                    handled.add("workflow");
                    return "";
                  })
              .on(ScheduleRef.of("0 * * * *", "/tick"), run -> handled.add("schedule"))
              .on(
                  WORKER.post("/echo", String.class, String.class),
                  call -> {
                    handled.add("rpc " + call.body());
                    return call.body();
                  })
              .build());

  @AfterEach
  void stop() {
    server.close();
  }

  private Response post(String path, String body, String... headers) throws IOException {
    return RawClient.once(server.port(), request("POST", path, body, headers));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_w7s/queues/jobs",
        "/worker/_w7s/queues/jobs",
        "/WORKER/_w7s/queues/jobs",
        "/_w7s/workflows/check_out",
        "/_w7s/unknown",
        "/_w7s/",
        "/tick",
        "/worker/tick",
        "/consume/a",
        "/consume/%zz"
      })
  void refusesDeliveriesThatAreNotJsonByTheirContentType(String path) throws Exception {
    String[] types = {
      "x-no: type",
      "content-type: text/plain",
      "content-type: text/plain;charset=UTF-8",
      "content-type: text/plain; application/json",
      "content-type: application/x-www-form-urlencoded",
      "content-type: multipart/form-data; boundary=application/json",
      "content-type: application/jsonp",
      "content-type: application/json, text/plain",
      "content-type: application/json\r\ncontent-type: text/plain",
      "content-type:"
    };
    for (String type : types) {
      Response response = post(path, BATCH, type);

      assertThat(response.status()).as(type).isEqualTo(415);
      assertThat(response.body())
          .isEqualTo("{\"ok\":false,\"error\":\"the content-type must be application/json\"}");
    }
    assertThat(handled).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/cloudevents+json",
        "application/vnd.acme.batch+json; v=1"
      })
  void takesDeliveriesInJson(String type) throws Exception {
    assertThat(post("/_w7s/queues/jobs", BATCH, "content-type: " + type).status()).isEqualTo(200);
    assertThat(handled).containsExactly("queue hi");
  }

  @Test
  void asksForNoContentTypeOnRoutes() throws Exception {
    assertThat(post("/echo", "\"hi\"").status()).isEqualTo(200);
    assertThat(handled).containsExactly("rpc hi");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#foreign")
  void refusesForeignPagesOnEveryPath(String name, String target, String headers) throws Exception {
    for (String path : List.of("/_w7s/queues/jobs", "/tick", "/echo", "/_w7s/local/status")) {
      Response response =
          post(target.replace("/x", path), BATCH, headers, "content-type: application/json");

      assertThat(response.status()).as(path).isEqualTo(403);
      assertThat(response.body()).startsWith("{\"ok\":false,\"error\":\"");
    }
    assertThat(handled).isEmpty();
  }

  @Test
  void takesDeliveriesOfPagesOfThisMachine() throws Exception {
    assertThat(
            post(
                    "/_w7s/queues/jobs",
                    BATCH,
                    "origin: http://localhost:3000",
                    "content-type: application/json")
                .status())
        .isEqualTo(200);
  }

  @Test
  void servesAllowedHosts() throws Exception {
    try (LocalAppServer tunnelled =
        LocalAppServer.builder(W7sApp.builder(AppRef.of("acme/other")).build())
            .allowedHosts("tunnel.example")
            .start()) {
      assertThat(
              RawClient.get(tunnelled.port(), "/_w7s/local/status", "host: tunnel.example")
                  .status())
          .isEqualTo(200);
      assertThat(
              RawClient.get(tunnelled.port(), "/_w7s/local/status", "host: evil.example").status())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://tunnel.example", "tunnel.example:80", "a b", "", "*", "[x]"})
  void refusesAnAllowedHostThatIsNoHost(String host) {
    LocalAppServer.Builder builder =
        LocalAppServer.builder(W7sApp.builder(AppRef.of("acme/other")).build());

    assertThatThrownBy(() -> builder.allowedHosts("tunnel.example", host))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("without scheme and port");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#invalid")
  void refusesInvalidRequestsAsAppsDo(String name, String request, int status) throws Exception {
    try (var client = new RawClient(server.port())) {
      client.send(request);
      client.endSending();
      Response response = client.response();

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).startsWith("{\"ok\":false,\"error\":\"");
    }
    assertThat(handled).isEmpty();
  }
}

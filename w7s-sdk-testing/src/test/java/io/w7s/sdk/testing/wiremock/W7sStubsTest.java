package io.w7s.sdk.testing.wiremock;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Metric.Scope;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.testing.Acme;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.InMemoryW7s;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stubs respond as the emulator does, which is compared with recordings of the platform. */
class W7sStubsTest {

  private static final WireMockServer SERVER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final InMemoryW7s w7s =
      InMemoryW7s.builder()
          .platform(
              parts -> parts.limits(Limits.none().withBurst(Metric.QUEUE_SEND, Scope.REPO, 1)))
          .build();

  @BeforeAll
  static void startServer() {
    SERVER.start();
  }

  @AfterAll
  static void stopServer() {
    SERVER.stop();
  }

  @BeforeEach
  void forgetStubs() {
    SERVER.resetAll();
  }

  private AppResponse emulated(String method, String path, String token) {
    return w7s.platform()
        .controlPlane()
        .handle(
            new AppRequest(
                method,
                path,
                "",
                Headers.of("authorization", "Bearer " + token),
                "{\"name\":\"a\"}".getBytes(StandardCharsets.UTF_8)));
  }

  private Tokens tokens() {
    w7s.deploy(new Acme().worker(), new Acme().subscriber("acme/mail"));
    w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    return w7s.platform()
        .deployment(AppInstance.of(AppId.parse("acme/shop")))
        .orElseThrow()
        .tokens()
        .orElseThrow();
  }

  /** Checks that status, relevant headers and the names in the JSON are equal. */
  private static void assertSame(ResponseDefinitionBuilder stub, AppResponse emulated) {
    ResponseDefinition response = stub.build();
    assertThat(response.getStatus()).isEqualTo(emulated.status());
    assertThat(response.getHeaders().getHeader("content-type").firstValue())
        .isEqualTo(emulated.headers().first("content-type").orElseThrow());
    assertThat(response.getHeaders().getHeader("retry-after").isPresent())
        .isEqualTo(emulated.headers().has("retry-after"));
    assertThat(shape(response.getBody()))
        .isEqualTo(shape(new String(emulated.body(), StandardCharsets.UTF_8)));
  }

  private static Object shape(String json) {
    return shape(
        JacksonCodec.create()
            .decode(json.getBytes(StandardCharsets.UTF_8), TypeRef.of(Object.class)));
  }

  private static Object shape(Object value) {
    if (value instanceof Map<?, ?> map) {
      var shape = new TreeMap<String, Object>();
      map.forEach((name, inner) -> shape.put(name.toString(), shape(inner)));
      return shape;
    }
    return value instanceof List<?> list ? list.stream().map(W7sStubsTest::shape).toList() : "";
  }

  @Test
  void successesEqualThoseOfTheEmulator() {
    Tokens tokens = tokens();
    assertSame(
        W7sResponses.enqueued(JOBS, w7s.now()),
        emulated("POST", "/api/v1/queues/acme/worker/jobs", tokens.queue()));
    AppResponse started =
        emulated("POST", "/api/v1/workflows/acme/worker/build", tokens.workflow());
    assertSame(W7sResponses.started(BUILD, "id", w7s.now()), started);

    W7s shop = w7s.as("acme/shop");
    var handle = shop.workflows().start(BUILD, new Job("b"));
    w7s.runUntilIdle();
    assertSame(
        W7sResponses.status(BUILD, handle.instanceId(), handle.status()),
        emulated(
            "GET",
            "/api/v1/workflows/acme/worker/build/" + handle.instanceId(),
            tokens.workflow()));
  }

  @Test
  void theResponseToAnEventEqualsThatOfTheEmulator() {
    Tokens tokens = tokens();
    var receipt = w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    AppResponse emulated =
        w7s.platform()
            .controlPlane()
            .handle(
                new AppRequest(
                    "POST",
                    "/api/v1/events/acme/shop",
                    "",
                    Headers.of("authorization", "Bearer " + tokens.events()),
                    "{\"subject\":\"jobs.done\",\"data\":{}}".getBytes(StandardCharsets.UTF_8)));

    assertSame(W7sResponses.published(receipt), emulated);
  }

  @Test
  void refusalsEqualThoseOfTheEmulator() {
    Tokens tokens = tokens();
    assertSame(
        W7sResponses.refused(404, "no"),
        emulated("POST", "/api/v1/queues/acme/no/no", tokens.queue()));
    emulated("POST", "/api/v1/queues/acme/worker/jobs", tokens.queue());
    assertSame(
        W7sResponses.limited("acme/shop", Metric.QUEUE_SEND, ofSeconds(30)),
        emulated("POST", "/api/v1/queues/acme/worker/jobs", tokens.queue()));
  }

  private static int status(MappingBuilder stub, String method, String path) throws Exception {
    SERVER.resetAll();
    SERVER.stubFor(stub.willReturn(W7sResponses.responded(299, "")));
    return CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(SERVER.baseUrl() + path))
                .header("authorization", "Bearer t")
                .method(method, BodyPublishers.ofString("{}"))
                .build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void eachStubMatchesItsCalls() throws Exception {
    assertThat(status(W7sStubs.send(JOBS), "POST", "/api/v1/queues/acme/worker/jobs"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.publish("acme/shop"), "POST", "/api/v1/events/acme/shop"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.start(BUILD), "POST", "/api/v1/workflows/acme/worker/build"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.status(BUILD, "x"), "GET", "/api/v1/workflows/acme/worker/build/x"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.everything(), "PUT", "/api/v1/rpc/acme/worker")).isEqualTo(299);
    assertThat(status(W7sStubs.send(JOBS), "POST", "/api/v1/queues/acme/worker/other"))
        .isEqualTo(404);
  }

  @Test
  void aPathVariableMatchesOneSegment() throws Exception {
    var inside = AppRef.of("acme/worker").get("/items/{id}/parts", Job.class);
    var atEnd = AppRef.of("acme/worker").get("/items/{id}", Job.class);

    assertThat(status(W7sStubs.rpc(inside), "GET", "/api/v1/rpc/acme/worker/items/a%20b/parts"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.rpc(atEnd), "GET", "/api/v1/rpc/acme/worker/items/1"))
        .isEqualTo(299);
    assertThat(status(W7sStubs.rpc(atEnd), "GET", "/api/v1/rpc/acme/worker/items/1/parts"))
        .isEqualTo(404);
    assertThat(status(W7sStubs.rpc(Acme.CURRENT), "GET", "/api/v1/rpc/acme/worker/current"))
        .isEqualTo(299);
  }

  @Test
  void aRefusalMustHaveAnErrorStatus() {
    assertThatThrownBy(() -> W7sResponses.refused(200, "fine"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("refusal status: found 200, must be 400 to 599");
  }
}

package io.w7s.sdk.local;

import static io.w7s.sdk.local.internal.server.RawClient.get;
import static io.w7s.sdk.local.internal.server.RawClient.once;
import static io.w7s.sdk.local.internal.server.RawClient.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalAppServerTest {

  private static final int MAX_BODY = 100_000;
  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);
  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  private LocalAppServer server;

  @BeforeEach
  void start() {
    RpcRef<Object, Object> echo = AppRef.of("acme/worker").post("/echo", ANY, ANY);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(AppRef.of("acme/worker").get("/", ANY), LocalAppServerTest::seen)
            .on(AppRef.of("acme/worker").get("/seen", ANY), LocalAppServerTest::seen)
            .on(AppRef.of("acme/worker").get("/worker/seen", ANY), LocalAppServerTest::seen)
            .on(AppRef.of("acme/worker").get("/a//b/{id}", ANY), LocalAppServerTest::seen)
            .on(echo, RpcRequest::body)
            .onReply(
                AppRef.of("acme/worker").rpc("HEAD", "/echo", NOTHING, ANY),
                request -> RpcReply.of(200, "body"))
            .onReply(
                AppRef.of("acme/worker").get("/status/{status}", ANY),
                request ->
                    RpcReply.of(Integer.parseInt(request.variable("status")), "body")
                        .header("x-note", "grüße 👋"))
            .on(
                AppRef.of("acme/worker").get("/error", ANY),
                request -> {
                  throw new AssertionError("secret");
                })
            .on(
                AppRef.of("acme/worker").get("/interrupted", ANY),
                request -> {
                  Thread.currentThread().interrupt();
                  return "ok";
                })
            .maxBodyBytes(MAX_BODY)
            .build();
    server = LocalAppServer.start(app);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Object seen(RpcRequest<Void> request) {
    var seen = new LinkedHashMap<String, Object>();
    seen.put("path", request.path());
    seen.put("variables", request.variables());
    seen.put("query", request.query());
    for (String name : new String[] {"x-w7s-org-slug", "x-w7s-repo-slug", "x-w7s-original-path"}) {
      seen.put(name, request.headers().all(name));
    }
    seen.put("note", request.headers().first("x-note").orElse(""));
    return seen;
  }

  @Test
  void urlHasPortAndPrefix() {
    assertThat(server.port()).isPositive();
    assertThat(server.url()).hasToString("http://127.0.0.1:" + server.port() + "/worker");
    assertThat(server).hasToString("LocalAppServer[acme/worker at " + server.url() + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "/worker/seen, /seen",
    "/WORKER/seen, /seen",
    "/seen, /seen",
    "/worker, /",
    "/worker/, /",
    "/, /",
    "/worker/worker/seen, /worker/seen",
    "/a//b/x%2Fy, /a//b/x%2Fy",
  })
  void showsTheAppItsPathAndHowItWasReached(String requested, String path) throws Exception {
    Response response =
        get(
            server.port(),
            requested + "?q=%C3%BC&q=2",
            "x-w7s-org-slug: evil",
            "x-w7s-repo-slug: evil",
            "x-w7s-original-path: /evil",
            "x-note: grüße 👋");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"path\":\"" + path + "\"")
        .contains("\"query\":{\"q\":[\"ü\",\"2\"]}")
        .contains("\"x-w7s-org-slug\":[\"acme\"]")
        .contains("\"x-w7s-repo-slug\":[\"worker\"]")
        .contains("\"x-w7s-original-path\":[\"" + requested + "\"]")
        .contains("\"note\":\"grüße 👋\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/seen, /worker/seen",
    "/, /worker",
    "/, /worker/",
    "/worker/seen, /worker/worker/seen",
  })
  void keepsPathAndHeadersOfARouterInFront(String path, String original) throws Exception {
    Response response =
        get(
            server.port(),
            path,
            "x-w7s-org-slug: acme",
            "x-w7s-repo-slug: worker",
            "x-w7s-original-path: " + original);

    assertThat(response.body())
        .contains("\"path\":\"" + path + "\"")
        .contains("\"x-w7s-org-slug\":[\"acme\"]")
        .contains("\"x-w7s-original-path\":[\"" + original + "\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "acme.local.w7s.cloud, 200",
    "acme.local.w7s.cloud:8792, 200",
    "ACME.local.W7S.cloud:8792, 200",
    "feature-x--acme.local.w7s.cloud:8792, 200",
    "127.0.0.1:8792, 200",
    "localhost, 200",
    "other.local.w7s.cloud, 404",
    "feature-x--other.local.w7s.cloud:8792, 404",
    "acme--other.local.w7s.cloud, 404",
  })
  void findsNoHostOfAnotherOwner(String host, int status) throws Exception {
    Response response = get(server.port(), "/worker/seen", "host: " + host);

    assertThat(response.status()).isEqualTo(status);
    if (status == 404) {
      assertThat(response.body()).contains("other").contains("acme/worker");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/_w7s/local/status", "/worker/_w7s/local/status"})
  void statusNamesTheApp(String path) throws Exception {
    Response response = get(server.port(), path);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.head().toLowerCase(java.util.Locale.ROOT))
        .contains("content-type: application/json");
    assertThat(response.body())
        .isEqualTo(
            "{\"ok\":true,\"owner\":\"acme\",\"repo\":\"worker\",\"repository\":\"acme/worker\",\"url\":\"%s\"}"
                .formatted(server.url()));
    Response wrong = once(server.port(), request("POST", path, "{}"));
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.head()).containsIgnoringCase("allow: GET");
  }

  @Test
  void passesTheAppsOwnRefusals() throws Exception {
    assertThat(get(server.port(), "/worker/nowhere").status()).isEqualTo(404);
    Response wrong = get(server.port(), "/worker/echo");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.head()).containsIgnoringCase("allow: HEAD, POST");
    assertThat(once(server.port(), request("POST", "/worker/echo", "{")).status()).isEqualTo(400);
  }

  @Test
  void passesBodiesInUtf8BothWays() throws Exception {
    String body = "{\"name\":\"Zoë 👩‍🚀\"}";

    assertThat(once(server.port(), request("POST", "/worker/echo", body)).body()).isEqualTo(body);
    assertThat(
            once(
                    server.port(),
                    "POST /worker/echo HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n"
                        + "3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n")
                .body())
        .isEqualTo("[1,2]");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 400, 418, 500, 599})
  void passesAnyStatusAndItsHeaders(int status) throws Exception {
    Response response = get(server.port(), "/status/" + status);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("\"body\"");
    assertThat(new String(response.head().getBytes(ISO_8859_1), UTF_8)).contains("grüße 👋");
  }

  @Test
  void sendsNoBodyToHead() throws Exception {
    try (var client = new RawClient(server.port())) {
      assertThat(client.exchange(request("HEAD", "/echo", "")).status()).isEqualTo(200);
      assertThat(client.exchange(request("HEAD", "/nowhere", "")).status()).isEqualTo(404);
      assertThat(client.exchange(request("GET", "/status/200", "")).body()).isEqualTo("\"body\"");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {MAX_BODY + 1, 5_000_000, 20_000_000})
  void tellsASenderThatWritesTooMuch(int size) throws Exception {
    String body = "x".repeat(size);
    String chunked =
        "POST /worker/echo HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n"
            + Integer.toHexString(size)
            + "\r\n"
            + body
            + "\r\n0\r\n\r\n";
    for (String request : new String[] {request("POST", "/worker/echo", body), chunked}) {
      Response response = once(server.port(), request);

      assertThat(response.status()).isEqualTo(413);
      assertThat(response.body()).contains("\"ok\":false").contains(String.valueOf(MAX_BODY));
      assertThat(response.head()).containsIgnoringCase("connection: close");
    }
  }

  @Test
  void refusesATooLargeBodyBeforeItIsSent() throws Exception {
    try (var client = new RawClient(server.port())) {
      client.send("POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 999999999\r\n\r\n");

      assertThat(client.response().status()).isEqualTo(413);
    }
  }

  @Test
  void readsABodyOfTheLargestSize() throws Exception {
    String body = "\"" + "x".repeat(MAX_BODY - 2) + "\"";

    assertThat(once(server.port(), request("POST", "/echo", body)).body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a|b HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET /seen HTTP/1.1\r\nhost: 127.0.0.1\r\nbad header: 1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: abc\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "GET //evil/seen HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "GET //evil HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
      })
  void keepsServingAfterMalformedRequests(String request) throws Exception {
    assertThat(once(server.port(), request).status()).isBetween(400, 499);
    assertThat(get(server.port(), "/seen").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET mailto:x HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\nshort",
        "\u0000\u0001\u0002\r\n\r\n",
      })
  void keepsServingAfterClientsThatHangUp(String request) throws Exception {
    try (var client = new RawClient(server.port())) {
      client.send(request);
    }
    assertThat(get(server.port(), "/seen").status()).isEqualTo(200);
  }

  @Test
  void takesThePathOfAnAbsoluteTarget() throws Exception {
    assertThat(get(server.port(), "http://127.0.0.1/worker/seen?q=1").body())
        .contains("\"path\":\"/seen\"")
        .contains("\"q\":[\"1\"]");
  }

  @Test
  void findsNoAbsoluteTargetOfAnotherOwner() throws Exception {
    String target = "http://other.local.w7s.cloud/worker/seen";
    assertThat(get(server.port(), target).status()).isEqualTo(404);
  }

  @Test
  void respondsToAnErrorInAHandlerWithABare500() throws Exception {
    Response response = get(server.port(), "/error");

    assertThat(response.status()).isEqualTo(500);
    assertThat(response.body()).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
  }

  @Test
  void survivesAHandlerThatLeavesItsThreadInterrupted() throws Exception {
    try (var client = new RawClient(server.port())) {
      assertThat(client.exchange(request("GET", "/interrupted", "")).status()).isEqualTo(200);
      assertThat(client.exchange(request("GET", "/seen", "")).status()).isEqualTo(200);
    }
  }

  @Test
  void respondsWithoutDelay() throws IOException {
    try (var client = new RawClient(server.port())) {
      String body = "\"" + "x".repeat(2000) + "\"";
      client.exchange(request("POST", "/worker/echo", body));

      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertThat(client.exchange(request("POST", "/worker/echo", body)).body()).hasSize(2002);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      // without TCP_NODELAY each may take 40 ms, 4 s in all; with it all take about 20 ms
      assertThat(took).isLessThan(Duration.ofMillis(2200));
    }
  }

  @Test
  void refusesATakenPortByName() {
    W7sApp app = W7sApp.builder(AppRef.of("acme/other")).build();

    assertThatThrownBy(() -> LocalAppServer.start(app, server.port()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("acme/other")
        .hasMessageContaining(String.valueOf(server.port()));
    assertThatThrownBy(() -> LocalAppServer.start(app, 65_536))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () -> LocalAppServer.builder(app).drainTimeout(Duration.ofSeconds(-1)).start())
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void usesAGivenPort() throws Exception {
    int port = ClosedPort.url("").getPort();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/other"))
            .on(AppRef.of("acme/other").get("/x", ANY), request -> Map.of("ok", true))
            .build();
    try (LocalAppServer other = LocalAppServer.start(app, port)) {
      assertThat(other.port()).isEqualTo(port);
      assertThat(get(other.port(), "/other/x").body()).isEqualTo("{\"ok\":true}");
    }
  }
}

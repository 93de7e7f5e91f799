package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.local.internal.server.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What strangers send to the public URL of an app: nothing reaches the platform or a handler. */
@Timeout(60)
class AttackTest {

  private static final String HOST = "host: shop.example";
  private static final String JSON = "content-type: application/json";
  private static final String SEND = "/_w7s/bridge/api/v1/queues/acme/worker/jobs";

  private static final Recorder SERVICE = new Recorder(200, "{}");
  private static final Recorder PLATFORM = new Recorder(200, "{}");
  private static final List<AutoCloseable> OPENED = new ArrayList<>();
  private static BridgeProcess bridge;

  @BeforeAll
  static void start() {
    BridgeProcess.assumeInstalled();
    LoopbackServer service = LoopbackServer.start(SERVICE);
    OPENED.add(service);
    LoopbackServer platform = LoopbackServer.start(PLATFORM);
    OPENED.add(platform);
    bridge =
        BridgeProcess.builder()
            .variable("W7S_BRIDGE_ORIGIN", service.url().toString())
            .variable("W7S_BRIDGE_SECRET", Secrets.ONE)
            .variable("W7S_BRIDGE_PUBLIC", "forward") // the most that can be open
            .variable("W7S_QUEUE_TOKEN", "queue-canary")
            .binding("W7S_QUEUE", platform.url())
            .start();
    OPENED.add(bridge);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : OPENED) {
      each.close();
    }
  }

  @BeforeEach
  void forget() {
    SERVICE.requests().clear();
    PLATFORM.requests().clear();
  }

  static Stream<Arguments> requests() {
    var stolen = Secrets.call("POST", SEND, "", "{}");
    long now = Secrets.now();
    AppRequest call = Secrets.unsigned("POST", SEND, "", "{}");
    Headers queue = call.headers().with("x-w7s-queue", "jobs");
    var delivery = Secrets.unsigned("POST", "/_w7s/queues/jobs", "", "{}");
    return Stream.of(
        Arguments.of("a forged delivery", raw(Secrets.with(delivery, queue)), 404),
        Arguments.of(
            "a delivery that is signed with a secret of its own",
            raw(Secrets.signed(Secrets.OTHER, "queue", Secrets.with(delivery, queue), now)),
            404),
        Arguments.of("an encoded _", get("/%5Fw7s/queues/jobs"), 404),
        Arguments.of("an encoded w", get("/_%777s/queues/jobs"), 404),
        Arguments.of("upper case", get("/_W7S/queues/jobs"), 404),
        Arguments.of("the status page", get("/_w7s"), 404),
        Arguments.of("//", get("//_w7s/queues/jobs"), 400),
        Arguments.of("..", get("/x/../_w7s/queues/jobs"), 400),
        Arguments.of("%2e%2e", get("/x/%2e%2e/_w7s/queues/jobs"), 400),
        Arguments.of("%2F", get("/%2F_w7s/queues/jobs"), 400),
        Arguments.of("backslash", get("/x\\..\\_w7s"), 400),
        Arguments.of("long target", get("/" + "x".repeat(9000)), 400),
        Arguments.of("an unsigned call", raw(call), 401),
        Arguments.of(
            "an unsigned call with the token of somebody else",
            raw(Secrets.with(call, call.headers().with("authorization", "Bearer made-up"))),
            401),
        Arguments.of("another secret", raw(Secrets.signed(Secrets.OTHER, "call", call, now)), 401),
        Arguments.of("stale", raw(Secrets.signed(Secrets.ONE, "call", call, now - 360)), 401),
        Arguments.of("future", raw(Secrets.signed(Secrets.ONE, "call", call, now + 360)), 401),
        Arguments.of("another body", raw(stolen).replace("{}", "[]"), 401),
        Arguments.of("another path", raw(stolen).replace("/jobs ", "/mails "), 401),
        Arguments.of("another query", raw(stolen).replace("/jobs ", "/jobs?a=1 "), 401),
        Arguments.of("another method", raw(stolen).replace("POST ", "PUT "), 401),
        Arguments.of("another type", raw(stolen).replace("application/json", "text/plain"), 401),
        Arguments.of("a header twice", raw(stolen).replace(HOST, HOST + "\r\n" + JSON), 401),
        Arguments.of(
            "the id twice",
            raw(stolen).replace(HOST, HOST + "\r\nx-w7s-signature-id: aaaaaaaaaaaaaaaa"),
            401),
        Arguments.of(
            "a header of the platform added",
            raw(stolen).replace(HOST, HOST + "\r\nx-w7s-queue: jobs"),
            400),
        Arguments.of(
            "a health request with the signature of a call",
            raw(stolen).replace(SEND, "/_w7s/bridge/health"),
            401));
  }

  private static String get(String target) {
    return RawClient.request("GET", target, "", HOST);
  }

  private static String raw(AppRequest request) {
    var headers = new ArrayList<String>();
    headers.add(HOST);
    request.headers().forEach((name, value) -> headers.add(name + ": " + value));
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    return RawClient.request(
        request.method(),
        request.path() + query,
        new String(request.body(), java.nio.charset.StandardCharsets.UTF_8),
        headers.toArray(String[]::new));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void aForgedRequestReachesNothing(String name, String request, int status) throws IOException {
    assertThat(RawClient.once(bridge.port(), request).status()).isEqualTo(status);
    assertThat(SERVICE.requests()).isEmpty();
    assertThat(PLATFORM.requests()).isEmpty();
  }

  @Test
  void theSameRequestIsTakenWhereNothingIsForged() throws IOException {
    String call = raw(Secrets.call("POST", SEND, "", "{}"));

    assertThat(RawClient.once(bridge.port(), call).status()).isEqualTo(200);
    assertThat(PLATFORM.requests()).hasSize(1);

    assertThat(RawClient.once(bridge.port(), call).status()).as("replayed").isEqualTo(401);
    assertThat(PLATFORM.requests()).hasSize(1);
  }

  @Test
  void noSecretAndNoTokenIsEverLoggedOrShown() throws IOException {
    for (Arguments each : requests().toList()) {
      RawClient.Response response = RawClient.once(bridge.port(), (String) each.get()[1]);
      assertThat(response.body()).doesNotContain("canary", Secrets.ONE.substring(6, 20));
    }
    assertThat(bridge.log()).isNotEmpty();
    assertThat(String.join("\n", bridge.log()))
        .doesNotContain("canary", Secrets.ONE.substring(6, 20), "Bearer");
  }
}

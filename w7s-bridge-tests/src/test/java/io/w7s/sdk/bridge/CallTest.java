package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.testing.LinkState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed calls of the service that the bridge passes on to the platform. */
@Timeout(60)
class CallTest {

  private static final String SEND = "/_w7s/bridge/api/v1/queues/acme/worker/jobs";

  private final Recorder platform = new Recorder(200, "{\"status\":\"success\",\"data\":{}}");
  private final List<AutoCloseable> opened = new ArrayList<>();
  private LoopbackServer server;
  private BridgeProcess bridge;

  private BridgedBackend bridge(UnaryOperator<BridgeProcess.Builder> changes) {
    server = opened(LoopbackServer.start(platform));
    return start(changes.apply(bound(TcpLink.to(server.url().getPort()))));
  }

  private BridgeProcess.Builder bound(TcpLink link) {
    return BridgeProcess.builder()
        .variable("W7S_BRIDGE_ORIGIN", "https://service.example/base")
        .variable("W7S_BRIDGE_SECRET", Secrets.ONE)
        .variable("W7S_RPC_TOKEN", "rpc-canary")
        .variable("W7S_QUEUE_TOKEN", "queue-canary")
        .variable("W7S_WORKFLOW_TOKEN", "workflow-canary")
        .variable("W7S_EVENTS_TOKEN", "events-canary")
        .binding("W7S_RPC", opened(link).url())
        .binding("W7S_QUEUE", link.url())
        .binding("W7S_WORKFLOW", link.url())
        .binding("W7S_EVENTS", link.url());
  }

  private BridgedBackend start(BridgeProcess.Builder environment) {
    bridge = opened(environment.start());
    return new BridgedBackend(bridge);
  }

  private <T extends AutoCloseable> T opened(T closable) {
    opened.add(closable);
    return closable;
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private static String text(AppResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static String mark(AppResponse response) {
    return response.headers().first("x-w7s-bridge").orElse("none");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/rpc/acme/worker/a%20b, x=1&y=%2F, rpc-canary",
    "GET, /api/v1/rpc/acme/worker/, , rpc-canary",
    "POST, /api/v1/queues/acme/worker/jobs, , queue-canary",
    "POST, /api/v1/workflows/acme/worker/build, , workflow-canary",
    "GET, /api/v1/workflows/acme/worker/build/1, , workflow-canary",
    "POST, /api/v1/events/acme/worker, , events-canary"
  })
  void aSignedCallGoesThroughItsBindingWithItsToken(
      String method, String path, String query, String token) {
    BridgedBackend service = bridge(same -> same);
    platform.respond(
        404,
        Headers.of("content-type", "text/x-mine")
            .plus("set-cookie", "a=1")
            .plus("set-cookie", "b=2")
            .with("x-w7s-bridge", "failed"),
        "as it is");
    String body = method.equals("POST") ? "{\"n\":1}" : "";
    AppRequest unsigned =
        Secrets.unsigned(method, "/_w7s/bridge" + path, query == null ? "" : query, body);
    Headers delayed = unsigned.headers().with("x-w7s-queue-delay-seconds", "60");
    AppRequest call =
        Secrets.signed(Secrets.ONE, "call", Secrets.with(unsigned, delayed), Secrets.now());

    AppResponse response =
        service.handle(
            Secrets.with(
                call,
                call.headers().with("authorization", "Bearer of-the-caller").with("x-mine", "1")));

    assertThat(response.status()).isEqualTo(404);
    assertThat(mark(response)).as("not the mark of a bridge behind").isEqualTo("relayed");
    assertThat(response.headers().first("content-type")).contains("text/x-mine");
    assertThat(response.headers().all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(text(response)).isEqualTo("as it is");
    AppRequest seen = platform.only();
    assertThat(seen.method()).isEqualTo(method);
    assertThat(seen.path()).isEqualTo(path);
    assertThat(seen.query()).isEqualTo(query == null ? "" : query);
    assertThat(new String(seen.body(), StandardCharsets.UTF_8)).isEqualTo(body);
    assertThat(seen.headers().all("authorization")).containsExactly("Bearer " + token);
    assertThat(seen.headers().first("x-w7s-queue-delay-seconds")).contains("60");
    assertThat(seen.headers().first("x-mine")).contains("1");
    assertThat(seen.headers().all("host")).containsExactly("w7s.internal");
    assertThat(seen.headers().has("x-w7s-signature")).isFalse();
    assertThat(seen.headers().has("x-w7s-kind")).isFalse();
  }

  @Test
  void aCallIsTakenOnce() {
    BridgedBackend service = bridge(same -> same);
    AppRequest call = Secrets.call("POST", SEND, "", "{}");

    assertThat(service.handle(call).status()).isEqualTo(200);
    AppResponse again = service.handle(call);

    assertThat(again.status()).isEqualTo(401);
    assertThat(mark(again)).as("the first one may have got through").isEqualTo("failed");
    assertThat(text(again)).contains("used before");
    assertThat(platform.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"-240, 200", "240, 200", "-360, 401", "360, 401"})
  void aCallIsTakenWhileItsTimeIsAtMostFiveMinutesOff(int seconds, int status) {
    BridgedBackend service = bridge(same -> same);
    AppRequest call = Secrets.unsigned("POST", SEND, "", "{}");

    AppResponse response =
        service.handle(Secrets.signed(Secrets.ONE, "call", call, Secrets.now() + seconds));

    assertThat(response.status()).isEqualTo(status);
    assertThat(mark(response)).isEqualTo(status == 200 ? "relayed" : "refused");
    assertThat(platform.requests()).hasSize(status == 200 ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rpc", "queue", "public", "made-up"})
  void aSignatureOfAnotherKindIsRefused(String kind) {
    BridgedBackend service = bridge(same -> same);
    AppRequest call = Secrets.unsigned("POST", SEND, "", "{}");
    Headers marked =
        kind.equals("public")
            ? call.headers()
            : call.headers().with("x-w7s-" + kind, kind.equals("rpc") ? "1" : "jobs");

    AppResponse response =
        service.handle(
            Secrets.signed(Secrets.ONE, kind, Secrets.with(call, marked), Secrets.now()));

    assertThat(response.status()).isEqualTo(401);
    assertThat(mark(response)).isEqualTo("refused");
    assertThat(platform.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_w7s/bridge/api/v1/other/acme/worker",
        "/_w7s/bridge/api/v2/rpc/acme/worker/x",
        "/_w7s/bridge/kv/x/y",
        "/_w7s/bridge/",
        "/_w7s/bridge/api/v1/rpc",
      })
  void aSignedCallOfAnUnknownPathIsRefused(String path) {
    BridgedBackend service = bridge(same -> same);

    AppResponse response = service.handle(Secrets.call("POST", path, "", "{}"));

    assertThat(response.status()).isEqualTo(404);
    assertThat(mark(response)).isEqualTo("refused");
    assertThat(platform.requests()).isEmpty();
  }

  @Test
  void aBodyOverTheLimitIsRefused() {
    BridgedBackend service = bridge(env -> env.variable("W7S_BRIDGE_MAX_BODY", "6"));

    AppResponse response = service.handle(Secrets.call("POST", SEND, "", "{\"n\":1}"));

    assertThat(response.status()).isEqualTo(413);
    assertThat(mark(response)).isEqualTo("refused");
    assertThat(platform.requests()).isEmpty();
  }

  @Test
  void aCallWithoutItsTokenIsRefusedWithItsName() throws Exception {
    BridgedBackend service = bridge(env -> env.variable("W7S_QUEUE_TOKEN", null));

    AppResponse response = service.handle(Secrets.call("POST", SEND, "", "{}"));

    assertThat(response.status()).isEqualTo(503);
    assertThat(mark(response)).isEqualTo("refused");
    assertThat(text(response)).contains("W7S_QUEUE_TOKEN is not set");
    bridge.awaitLog(line -> line.contains("W7S_QUEUE_TOKEN is not set"));
  }

  @Test
  void aCallWithoutItsBindingIsRefusedWithItsName() {
    BridgedBackend service =
        start(BridgeProcess.builder().variable("W7S_BRIDGE_SECRET", Secrets.ONE));

    AppResponse response = service.handle(Secrets.call("POST", SEND, "", "{}"));

    assertThat(response.status()).isEqualTo(503);
    assertThat(mark(response)).isEqualTo("refused");
    assertThat(text(response)).contains("W7S_QUEUE is not bound");
  }

  @Test
  void aPlatformThatIsDownIsAFailureOfWhichTheLogTells() throws Exception {
    BridgedBackend service = bridge(same -> same);
    server.close();

    AppResponse response = service.handle(Secrets.call("POST", SEND, "", "{}"));

    assertThat(response.status()).isEqualTo(502);
    assertThat(mark(response)).isEqualTo("failed");
    assertThat(text(response)).contains("the platform could not be reached, or broke off");
    assertThat(bridge.awaitLog(line -> line.contains("the platform could not be reached")))
        .contains("W7S_QUEUE /api/v1/queues/acme/worker/jobs")
        .doesNotContain("canary");
  }

  @Test
  void aPlatformThatIsTooSlowIsAFailure() {
    server = opened(LoopbackServer.start(platform));
    var link = TcpLink.to(server.url().getPort());
    link.set(LinkState.STALLED);
    BridgedBackend service = start(bound(link).variable("W7S_BRIDGE_TIMEOUT_SECONDS", "1"));

    AppResponse response = service.handle(Secrets.call("POST", SEND, "", "{}"));

    assertThat(response.status()).isEqualTo(504);
    assertThat(mark(response)).isEqualTo("failed");
    assertThat(text(response)).contains("the platform did not respond within 1 s");
  }

  @Test
  void healthTellsWhatIsThereButNoSecret() {
    BridgedBackend service =
        bridge(
            env ->
                env.variable("W7S_EVENTS_TOKEN", null)
                    .variable("W7S_BRIDGE_ACCESS_CLIENT_ID", "access-canary")
                    .variable("W7S_BRIDGE_ACCESS_CLIENT_SECRET", "access-canary"));
    AppRequest health = Secrets.unsigned("GET", "/_w7s/bridge/health", "", "");

    AppResponse response =
        service.handle(Secrets.signed(Secrets.ONE, "call", health, Secrets.now() - 100));

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).doesNotContain("canary", "whsec_");
    Map<String, Object> seen =
        JacksonCodec.create().decode(response.body(), new TypeRef<Map<String, Object>>() {});
    assertThat(seen.get("version")).isEqualTo("0.1.0");
    assertThat(((Number) seen.get("clockSkewSeconds")).intValue()).isBetween(100, 110);
    assertThat(seen.get("origin")).isEqualTo("service.example");
    assertThat(seen.get("public")).isEqualTo("refuse");
    assertThat(seen.get("bindings"))
        .isEqualTo(List.of("W7S_RPC", "W7S_QUEUE", "W7S_WORKFLOW", "W7S_EVENTS"));
    assertThat(seen.get("tokens"))
        .isEqualTo(List.of("W7S_RPC_TOKEN", "W7S_QUEUE_TOKEN", "W7S_WORKFLOW_TOKEN"));
    assertThat(seen.get("secrets"))
        .isEqualTo(
            List.of(
                "W7S_BRIDGE_SECRET",
                "W7S_BRIDGE_ACCESS_CLIENT_ID",
                "W7S_BRIDGE_ACCESS_CLIENT_SECRET"));
    assertThat(platform.requests()).isEmpty();
  }

  @Test
  void healthIsOnlyForTheService() {
    BridgedBackend anybody = bridge(same -> same);

    AppResponse response = anybody.handle(Secrets.unsigned("GET", "/_w7s/bridge/health", "", ""));

    assertThat(response.status()).isEqualTo(401);
    assertThat(text(response)).doesNotContain("version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ONE", "OTHER"})
  void theServiceMaySignWithEitherSecretWhileBothAreValid(String which) {
    BridgedBackend service =
        bridge(
            env ->
                env.variable("W7S_BRIDGE_SECRET", Secrets.OTHER)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET", Secrets.ONE)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2099-01-01T00:00:00Z"));
    String secret = which.equals("ONE") ? Secrets.ONE : Secrets.OTHER;

    AppResponse response =
        service.handle(
            Secrets.signed(
                secret, "call", Secrets.unsigned("POST", SEND, "", "{}"), Secrets.now()));

    assertThat(response.status()).isEqualTo(200);
  }
}

package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.testing.LinkState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bridge sends to the service, and what goes back to the platform or the public. */
@Timeout(60)
class ForwardTest {

  private static final Headers PLATFORM =
      Headers.of("host", "acme.w7s.internal").with("content-type", "application/json");
  private static final Headers QUEUE =
      PLATFORM.with("x-w7s-queue", "jobs").with("x-w7s-queue-name", "w7s-jobs");
  private static final Headers RPC = PLATFORM.with("x-w7s-rpc", "1");

  private final Recorder service = new Recorder(200, "{\"ok\":true}");
  private final List<AutoCloseable> opened = new ArrayList<>();
  private LoopbackServer server;
  private BridgeProcess bridge;

  private BridgedBackend bridge(UnaryOperator<BridgeProcess.Builder> changes) {
    server = opened(LoopbackServer.start(service));
    bridge =
        opened(
            changes
                .apply(
                    BridgeProcess.builder()
                        .variable("W7S_BRIDGE_ORIGIN", server.url().toString())
                        .variable("W7S_BRIDGE_SECRET", Secrets.ONE))
                .start());
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

  private static AppRequest post(String path, Headers headers) {
    return new AppRequest("POST", path, "", headers, bytes("{\"n\":1}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(AppResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aDeliveryArrivesAsItIsWithASignature() {
    BridgedBackend platform = bridge(same -> same);

    AppResponse response =
        platform.handle(
            new AppRequest(
                "POST", "/_w7s/queues/a%20b", "x=%2F&y", QUEUE.with("x-other", "1"), bytes("{}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(text(response)).isEqualTo("{\"ok\":true}");
    AppRequest seen = service.only();
    assertThat(seen.method()).isEqualTo("POST");
    assertThat(seen.path()).isEqualTo("/_w7s/queues/a%20b");
    assertThat(seen.query()).isEqualTo("x=%2F&y");
    assertThat(seen.body()).isEqualTo(bytes("{}"));
    assertThat(seen.headers().first("x-other")).contains("1");
    assertThat(seen.headers().first("x-w7s-queue")).contains("jobs");
    assertThat(seen.headers().first("x-w7s-queue-name")).contains("w7s-jobs");
    assertThat(seen.headers().first("x-w7s-kind")).contains("queue");
    assertThat(seen.headers().first("x-w7s-signature").orElseThrow()).matches("v1,[^ ]{44}");
    assertThat(seen.headers().all("host")).containsExactly(server.url().getAuthority());
  }

  @ParameterizedTest
  @CsvSource({
    "x-w7s-rpc, 1, rpc",
    "x-w7s-queue, jobs, queue",
    "x-w7s-workflow, 1, workflow",
    "x-w7s-schedule, 1, schedule"
  })
  void eachKindKeepsOnlyItsOwnHeaders(String marker, String value, String kind) {
    BridgedBackend platform = bridge(same -> same);
    Headers own = PLATFORM.with(marker, value).with("x-w7s-org-slug", "acme");
    Headers foreign =
        Headers.of("x-w7s-signature", "v1,forged")
            .with("x-w7s-signature-id", "forged-forged-forged")
            .with("x-w7s-kind", "forged")
            .with("x-w7s-made-up", "1")
            .with("x-w7s-%s-cron".formatted(kind.equals("schedule") ? "rpc" : "schedule"), "1");

    platform.handle(post("/x", own.with(foreign)));

    Headers seen = service.only().headers();
    assertThat(seen.first("x-w7s-kind")).contains(kind);
    assertThat(seen.first(marker)).contains(value);
    assertThat(seen.first("x-w7s-org-slug")).contains("acme");
    List<String> names = new ArrayList<>();
    seen.forEach((name, each) -> names.add(name));
    assertThat(names)
        .filteredOn(name -> name.startsWith("x-w7s-"))
        .containsExactlyInAnyOrder(
            marker,
            "x-w7s-org-slug",
            "x-w7s-kind",
            "x-w7s-signature",
            "x-w7s-signature-id",
            "x-w7s-signature-time");
  }

  @Test
  void anRpcIsNoDeliveryWhateverHeadersItsCallerAdds() {
    BridgedBackend platform = bridge(same -> same);

    platform.handle(
        post(
            "/_w7s/queues/jobs",
            RPC.with("x-w7s-queue", "jobs")
                .with("x-w7s-workflow", "1")
                .with("x-w7s-schedule", "1")));

    Headers seen = service.only().headers();
    assertThat(seen.first("x-w7s-kind")).contains("rpc");
    assertThat(seen.has("x-w7s-queue")).isFalse();
    assertThat(seen.has("x-w7s-workflow")).isFalse();
    assertThat(seen.has("x-w7s-schedule")).isFalse();
  }

  @Test
  void theCallerOfAnRpcCannotTakeItsNameAway() {
    BridgedBackend platform = bridge(same -> same);

    platform.handle(
        post(
            "/x",
            RPC.with("x-w7s-rpc-caller-owner", "eve")
                .with("x-other", "1")
                .with("connection", "X-W7s-Rpc-Caller-Owner, content-type, x-other")));

    Headers seen = service.only().headers();
    assertThat(seen.first("x-w7s-rpc-caller-owner")).contains("eve");
    assertThat(seen.first("content-type")).contains("application/json");
    assertThat(seen.has("x-other")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x@acme.w7s.internal",
        "acme.w7s.internal#",
        "acme.w7s.internal?",
        "acme.w7s.internal/q",
        "acme.w7s.internal/../q",
        "acme%2ew7s.internal",
        "acme.w7s.int\ternal",
        "acme.w7s.internal\r\nhost: shop.example",
        "shop.example\r\nhost: acme.w7s.internal",
        "acme.w7s.internal\r\nhost: acme.w7s.internal"
      })
  void whatIsNotOneHostIsRefused(String host) throws Exception {
    bridge(same -> same);
    String request = RawClient.request("POST", "/x", "{}", "host: " + host, "x-w7s-queue: jobs");

    assertThat(RawClient.once(bridge.port(), request).status()).isEqualTo(400);
    assertThat(service.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme.w7s.internal.", "acme.w7s.internal:443", "[::1]:80"})
  void aHostThatOnlyMeansThePlatformsIsPublic(String host) throws Exception {
    bridge(same -> same);
    String request = RawClient.request("POST", "/x", "{}", "host: " + host, "x-w7s-queue: jobs");

    assertThat(RawClient.once(bridge.port(), request).status()).isEqualTo(404);
    assertThat(service.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 205, 302, 304, 400, 404, 429, 500, 503, 599})
  void theServicesResponseGoesBackUnchanged(int status) {
    BridgedBackend platform = bridge(same -> same);
    boolean withoutBody = List.of(204, 205, 304).contains(status);
    service.respond(
        status,
        Headers.of("content-type", "text/x-mine")
            .plus("set-cookie", "a=1")
            .plus("set-cookie", "b=2")
            .with("location", "https://elsewhere.example/")
            .with("x-mine", "1"),
        withoutBody ? "" : "as it is");

    AppResponse response = platform.handle(post("/x", RPC));

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.headers().first("content-type")).contains("text/x-mine");
    assertThat(response.headers().all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(response.headers().first("location")).contains("https://elsewhere.example/");
    assertThat(response.headers().first("x-mine")).contains("1");
    assertThat(text(response)).isEqualTo(withoutBody ? "" : "as it is");
    assertThat(service.requests()).as("a redirect is not followed").hasSize(1);
  }

  @Test
  void aPathOfTheOriginComesBeforeTheTargetAndIsNotSigned() {
    BridgedBackend platform =
        bridge(env -> env.variable("W7S_BRIDGE_ORIGIN", server.url() + "/base/app/"));

    assertThat(platform.handle(post("/x", RPC)).status()).isEqualTo(200);

    assertThat(service.only().path()).isEqualTo("/base/app/x");
    assertThat(Secrets.isSigned(service.only(), "/x")).isTrue();
    assertThat(Secrets.isSigned(service.only(), "/base/app/x")).isFalse();
  }

  @Test
  void theServiceTokenOfAnAccessProxyIsSent() {
    BridgedBackend platform =
        bridge(
            env ->
                env.variable("W7S_BRIDGE_ACCESS_CLIENT_ID", "id.access")
                    .variable("W7S_BRIDGE_ACCESS_CLIENT_SECRET", "secret-of-access"));

    platform.handle(post("/x", RPC.with("cf-access-client-id", "of the caller")));

    Headers seen = service.only().headers();
    assertThat(seen.all("cf-access-client-id")).containsExactly("id.access");
    assertThat(seen.all("cf-access-client-secret")).containsExactly("secret-of-access");
  }

  @Test
  void aServiceThatIsDownGives502AndTheLogNamesIt() throws Exception {
    BridgedBackend platform = bridge(same -> same);
    server.close();

    AppResponse response = platform.handle(post("/_w7s/queues/jobs", QUEUE));

    assertThat(response.status()).isEqualTo(502);
    assertThat(text(response))
        .isEqualTo(
            "{\"ok\":false,\"error\":\"the service behind the bridge could not be reached, or broke"
                + " off (bridge)\"}");
    assertThat(bridge.awaitLog(line -> line.contains("queue /_w7s/queues/jobs")))
        .startsWith("w7s-bridge: the service at " + server.url().getAuthority() + " could not");
  }

  @Test
  void aServiceThatIsTooSlowGives504() throws Exception {
    var link = opened(TcpLink.to(opened(LoopbackServer.start(service)).url().getPort()));
    link.set(LinkState.STALLED);
    BridgedBackend platform =
        bridge(
            env ->
                env.variable("W7S_BRIDGE_ORIGIN", link.url().toString())
                    .variable("W7S_BRIDGE_TIMEOUT_SECONDS", "1"));

    AppResponse response = platform.handle(post("/_w7s/queues/jobs", QUEUE));

    assertThat(response.status()).isEqualTo(504);
    assertThat(text(response)).contains("did not respond within 1 s (bridge)");
    assertThat(bridge.awaitLog(line -> line.contains("/_w7s/queues/jobs")))
        .contains("did not respond within 1 s");
  }

  @Test
  void aBodyOverTheLimitGives413AndIsNotSent() {
    BridgedBackend platform = bridge(env -> env.variable("W7S_BRIDGE_MAX_BODY", "6"));

    assertThat(platform.handle(post("/x", RPC)).status()).isEqualTo(413);
    assertThat(service.requests()).isEmpty();
    assertThat(platform.handle(new AppRequest("POST", "/x", "", RPC, bytes("123456"))).status())
        .isEqualTo(200);
  }

  @Test
  void aBodyInChunksIsLimitedToo() throws Exception {
    bridge(env -> env.variable("W7S_BRIDGE_MAX_BODY", "6"));
    String head =
        "POST /x HTTP/1.1\r\nhost: acme.w7s.internal\r\nx-w7s-rpc: 1\r\n"
            + "transfer-encoding: chunked\r\n\r\n";

    assertThat(RawClient.once(bridge.port(), head + "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n").status())
        .isEqualTo(200);
    assertThat(service.only().body()).isEqualTo(bytes("abcdef"));
    assertThat(Secrets.isSigned(service.only(), "/x")).isTrue();
    assertThat(RawClient.once(bridge.port(), head + "4\r\nabcd\r\n3\r\nefg\r\n0\r\n\r\n").status())
        .isEqualTo(413);
    assertThat(service.requests()).hasSize(1);
  }

  @Test
  void compressedBodiesStayAsTheyAre() throws Exception {
    BridgedBackend platform = bridge(same -> same);
    var zipped = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(zipped)) {
      zip.write(bytes("{\"n\":1}"));
    }
    service.respond(
        200,
        Headers.of("content-type", "application/json").with("content-encoding", "gzip"),
        zipped.toByteArray());

    AppResponse response =
        platform.handle(
            new AppRequest(
                "POST",
                "/x",
                "",
                RPC.with("content-encoding", "gzip").with("accept-encoding", "gzip"),
                zipped.toByteArray()));

    assertThat(service.only().body()).isEqualTo(zipped.toByteArray());
    assertThat(service.only().headers().first("content-encoding")).contains("gzip");
    assertThat(response.headers().first("content-encoding")).contains("gzip");
    assertThat(response.body()).isEqualTo(zipped.toByteArray());
  }

  @Test
  void theLogSaysHowFarTheServicesClockIsOff() throws Exception {
    BridgedBackend platform = bridge(same -> same);
    long time = System.currentTimeMillis() / 1000 + 362;
    service.respond(401, Headers.of("x-w7s-time", "" + time), "{\"ok\":false}");

    assertThat(platform.handle(post("/_w7s/queues/jobs", QUEUE)).status()).isEqualTo(401);

    assertThat(bridge.awaitLog(line -> line.contains("skew")))
        .containsPattern("refused the signature: queue /_w7s/queues/jobs: skew 36[12] s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "W7S_OWNER | ",
        "W7S_BRIDGE_ORIGIN | ",
        "W7S_BRIDGE_ORIGIN | no-url-canary",
        "W7S_BRIDGE_ORIGIN | http://canary.example",
        "W7S_BRIDGE_ORIGIN | https://canary:pass@canary.example",
        "W7S_BRIDGE_ORIGIN | https://canary.example/?q=1",
        "W7S_BRIDGE_SECRET | ",
        "W7S_BRIDGE_SECRET | whsec_Y2FuYXJ5",
        "W7S_BRIDGE_SECRET | canary",
        "W7S_BRIDGE_SECRET | whsec_ekLMIOHYK6bIboFyEaMqNJW1ll7N9J6yCklRZKums/8=",
        "W7S_BRIDGE_PREVIOUS_SECRET | whsec_Y2FuYXJ5",
        "W7S_BRIDGE_PREVIOUS_SECRET_UNTIL | canary",
        "W7S_BRIDGE_TIMEOUT_SECONDS | canary",
        "W7S_BRIDGE_MAX_BODY | -1",
        "W7S_BRIDGE_ACCESS_CLIENT_SECRET | canary"
      })
  void aBridgeThatIsNotConfiguredGives503AndNamesTheVariable(String name, String value)
      throws Exception {
    BridgedBackend platform = bridge(env -> env.variable(name, value));

    AppResponse response = platform.handle(post("/_w7s/queues/jobs", QUEUE));
    platform.handle(post("/_w7s/queues/jobs", QUEUE));

    assertThat(response.status()).isEqualTo(503);
    String half = name.replaceFirst("_(UNTIL|SECRET)$", "");
    assertThat(text(response)).contains(half).doesNotContain("canary", "Y2FuYXJ5", "ekLMIO");
    assertThat(bridge.awaitLog(line -> line.contains(half)))
        .contains("503")
        .doesNotContain("canary", "Y2FuYXJ5", "ekLMIO");
    assertThat(bridge.log()).as("logged once").hasSize(1);
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void thePublicIsRefusedByDefault() {
    BridgedBackend anybody = bridge(same -> same);

    assertThat(anybody.handle(post("/x", Headers.none())).status()).isEqualTo(404);
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void thePublicIsForwardedWithoutAnyHeaderOfThePlatform() {
    BridgedBackend anybody = bridge(env -> env.variable("W7S_BRIDGE_PUBLIC", "forward"));

    AppResponse response =
        anybody.handle(
            post(
                "/x",
                QUEUE
                    .with(RPC)
                    .with("host", "shop.example")
                    .with("x-w7s-rpc-caller-owner", "acme")
                    .with("x-w7s-signature", "v1,forged")
                    .with("x-mine", "1")));

    assertThat(response.status()).isEqualTo(200);
    Headers seen = service.only().headers();
    assertThat(seen.first("x-w7s-kind")).contains("public");
    assertThat(seen.first("x-mine")).contains("1");
    List<String> names = new ArrayList<>();
    seen.forEach((name, value) -> names.add(name));
    assertThat(names)
        .filteredOn(name -> name.startsWith("x-w7s-"))
        .containsExactlyInAnyOrder(
            "x-w7s-kind", "x-w7s-signature", "x-w7s-signature-id", "x-w7s-signature-time");
  }

  @Test
  void bothSecretsSignWhileThePreviousOneIsValid() {
    BridgedBackend platform =
        bridge(
            env ->
                env.variable("W7S_BRIDGE_SECRET", Secrets.OTHER)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET", Secrets.ONE)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2099-01-01T00:00:00Z"));

    platform.handle(post("/x", RPC));

    assertThat(Secrets.isSigned(service.only(), "/x")).isTrue();
    assertThat(service.only().headers().first("x-w7s-signature").orElseThrow().split(" "))
        .hasSize(2);
  }

  @Test
  void thePreviousSecretDoesNotSignAfterItsEnd() {
    BridgedBackend platform =
        bridge(
            env ->
                env.variable("W7S_BRIDGE_SECRET", Secrets.OTHER)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET", Secrets.ONE)
                    .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2020-01-01T00:00:00Z"));

    platform.handle(post("/x", RPC));

    assertThat(Secrets.isSigned(service.only(), "/x")).isFalse();
  }
}

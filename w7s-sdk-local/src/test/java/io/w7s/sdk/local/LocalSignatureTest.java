package io.w7s.sdk.local;

import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static io.w7s.sdk.local.internal.server.RawClient.get;
import static io.w7s.sdk.local.internal.server.RawClient.once;
import static io.w7s.sdk.local.internal.server.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that others can reach, and senders that sign. */
@Timeout(60)
class LocalSignatureTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final RpcRef<String, String> ECHO =
      WORKER.post("/echo", String.class, String.class);
  private static final RpcRef<Void, String> ITEM = WORKER.get("/items/{id}", String.class);
  private static final RpcRef<Void, String> OPEN = WORKER.get("/open", String.class);
  private static final RpcRef<RawBody, String> UPLOAD =
      WORKER.post("/upload", RawBody.class, String.class);
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final WorkflowRef<String, String> BUILD =
      WORKER.workflow("build", String.class, String.class);
  private static final ScheduleRef HOURLY = ScheduleRef.of("0 * * * *", "/_w7s/schedules/hourly");
  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final Queue<String> handled = new ConcurrentLinkedQueue<>();
  private final Queue<Caller> callers = new ConcurrentLinkedQueue<>();
  private final Logged log = new Logged();
  private LocalAppServer server;

  private final W7sApp worker =
      W7sApp.builder(WORKER)
          .on(
              ECHO,
              request -> {
                callers.add(request.caller().orElseThrow());
                return "echo " + request.body();
              })
          .on(ITEM, request -> request.variable("id") + request.query("q").orElse(""))
          .on(
              OPEN,
              request -> "open to " + request.caller().map(Caller::toString).orElse("anybody"))
          .publicRoute(OPEN)
          .on(UPLOAD, request -> request.body().bytes().length + " bytes")
          .on(
              JOBS,
              message -> {
                callers.add(message.caller().orElseThrow());
                handled.add("job " + message.body());
              })
          .on(CREATED, "events", event -> handled.add("event " + event.data()))
          .on(BUILD, run -> handled.add("build " + run.payload()) ? "built" : "")
          .on(HOURLY, run -> handled.add("hourly"))
          .build();

  @BeforeEach
  void start() {
    server = LocalAppServer.builder(worker).signed(secrets).start();
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  private static W7sConfig.Builder config(SigningSecrets secrets) {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.LOCAL)
        .app("acme/shop")
        .environment(Environment.of("feature-x"))
        .bridgeSecrets(secrets);
  }

  private W7s shop(SigningSecrets secrets) {
    return W7s.builder(config(secrets).localApp(Calls.WORKER, server.url()).build()).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "192.168.1.1", "::", "2001:db8::1"})
  void anAddressThatOthersReachNeedsSignatures(String address) throws Exception {
    LocalAppServer.Builder builder =
        LocalAppServer.builder(worker).bind(InetAddress.getByName(address));

    assertThatThrownBy(builder::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("acme/worker")
        .hasMessageContaining("signed(...)");
  }

  @Test
  void listensOnTheAddressThatItIsBoundTo() throws Exception {
    InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    try (LocalAppServer bound = LocalAppServer.builder(worker).bind(other).signed(secrets).start();
        W7s shop =
            W7s.builder(config(secrets).localApp(Calls.WORKER, bound.url()).build()).build()) {
      assertThat(bound.url()).hasToString("http://127.0.0.2:" + bound.port() + "/worker");
      assertThat(shop.rpc().call(ECHO, "a")).isEqualTo("echo a");
    }
    try (LocalAppServer unsigned = LocalAppServer.builder(worker).bind(other).start()) {
      assertThat(unsigned.url()).hasHost("127.0.0.2");
    }
  }

  @Test
  void urlOfAllAddressesIsOneThatCanBeCalled() throws Exception {
    assertThat(LocalAppServer.url(InetAddress.getByName("0.0.0.0"), 80, worker.id()))
        .hasToString("http://127.0.0.1:80/worker");
    assertThat(LocalAppServer.url(InetAddress.getByName("2001:db8::1"), 80, worker.id()))
        .isEqualTo(URI.create("http://[2001:db8:0:0:0:0:0:1]:80/worker"));
  }

  @Test
  void signedCallsArriveWithTheirCaller() {
    try (W7s shop = shop(secrets)) {
      assertThat(shop.rpc().call(ECHO, "ü")).isEqualTo("echo ü");
      assertThat(shop.rpc().callAsync(ECHO, "b").join()).isEqualTo("echo b");
      assertThat(shop.rpc().call(ITEM, null, call -> call.variable("id", "a b").query("q", "x&y")))
          .isEqualTo("a bx&y");
      assertThat(shop.rpc().call(UPLOAD, RawBody.of("image/png", new byte[300_000])))
          .isEqualTo("300000 bytes");
    }

    assertThat(callers).hasSize(2).allMatch(caller -> caller.toString().contains("acme/shop"));
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void signedDeliveriesAreHandled() {
    W7sConfig config =
        config(secrets)
            .app("acme/worker")
            .localApp(Calls.WORKER, server.url())
            .localManifest(Calls.WORKER, worker.manifest().withPublished(CREATED.name()))
            .build();
    LocalTransport local = LocalTransport.builder(config).build();
    try (W7s w7s = W7s.builder(config).transport(local).build()) {
      w7s.queues().send(JOBS, "a");
      w7s.queues().send(JOBS, "b");
      w7s.events().publish(CREATED, "c").orThrow();
      w7s.workflows().start(BUILD, "d");
      local
          .platform()
          .fire(
              new AppInstance(Calls.WORKER, config.environment()),
              worker.manifest().schedules().get(0));
    }

    assertThat(handled).containsExactlyInAnyOrder("job a", "job b", "event c", "build d", "hourly");
    assertThat(callers).hasSize(2).allMatch(caller -> caller.toString().contains("acme/worker"));
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void anEventGoesByWayOfARouterThatWantsSignatures() {
    AppId router = AppId.parse("acme/router");
    Environment environment = Environment.of("feature-x");
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(AppId.parse("acme/shop"), environment, CREATED)
            .subscribe(Calls.WORKER, environment, CREATED, "events");
    W7sConfig config =
        config(secrets).app("acme/router").localApp(Calls.WORKER, server.url()).build();
    try (W7s routers = W7s.builder(config).build();
        LocalAppServer published =
            LocalAppServer.builder(EventRouterApp.of(routers, EventRouter.of(registry)))
                .signed(secrets)
                .start();
        W7s shop =
            W7s.builder(
                    config(secrets)
                        .eventRouter("acme/router")
                        .localApp(router, published.url())
                        .build())
                .build()) {
      shop.events().publish(CREATED, "a").orThrow();
    }

    assertThat(handled).containsExactly("event a");
    assertThat(log.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/worker/_w7s/queues/jobs",
        "/_w7s/queues/jobs",
        "/worker/_w7s/workflows/build",
        "/worker/_w7s/schedules/hourly",
        "/worker/echo",
        "/worker/nowhere",
      })
  void whatIsNotSignedReachesNoHandler(String path) throws Exception {
    String delivery =
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"1\",\"attempts\":1,\"body\":\"a\"}]}";

    Response response =
        once(
            server.port(),
            request(
                "POST",
                path,
                delivery,
                "content-type: application/json",
                "x-w7s-queue: 1",
                "x-w7s-rpc: 1",
                "x-w7s-rpc-caller-repository: acme/shop"));

    assertThat(response.status()).isEqualTo(401);
    assertThat(response.body()).contains("\"ok\":false", "not signed");
    assertThat(handled).isEmpty();
    assertThat(callers).isEmpty();
  }

  @Test
  void theStatusOfTheServerIsNotShownToAnybody() throws Exception {
    assertThat(get(server.port(), "/_w7s/local/status").status()).isEqualTo(401);
  }

  @Test
  void anyHostMayBeNamedBecauseTheSignatureCounts() throws Exception {
    assertThat(get(server.port(), "/worker/open", "host: shop.example").status()).isEqualTo(200);
    assertThat(get(server.port(), "/worker/echo", "host: shop.example").status()).isEqualTo(401);
  }

  @Test
  void aPublicRouteIsForAnybodyAndSaysSo() throws Exception {
    Response response =
        get(
            server.port(),
            "/worker/open",
            "x-w7s-rpc: 1",
            "x-w7s-rpc-caller-owner: acme",
            "x-w7s-rpc-caller-repo: shop",
            "x-w7s-rpc-caller-repository: acme/shop",
            "x-w7s-rpc-caller-environment: production");

    assertThat(response.body()).isEqualTo("\"open to anybody\"");
  }

  @Test
  void anotherSecretIsRefused() {
    try (W7s shop = shop(SigningSecrets.of(SigningSecrets.generate()))) {
      assertThatThrownBy(() -> shop.rpc().call(ECHO, "a"))
          .isInstanceOfSatisfying(
              RpcFailedException.class, refused -> assertThat(refused.status()).isEqualTo(401));
    }
    assertThat(callers).isEmpty();
  }

  @Test
  void aStreamIsNotSigned() {
    byte[] bytes = "stream".getBytes(StandardCharsets.UTF_8);
    RawBody stream = RawBody.from("text/plain", () -> new ByteArrayInputStream(bytes));
    try (W7s shop = shop(secrets);
        LocalAppServer unsigned = LocalAppServer.start(worker);
        W7s other =
            W7s.builder(config(secrets).localApp(Calls.WORKER, unsigned.url()).build()).build()) {
      assertThatThrownBy(() -> shop.rpc().call(UPLOAD, stream))
          .isInstanceOfSatisfying(
              RpcFailedException.class, refused -> assertThat(refused.status()).isEqualTo(401));
      assertThat(other.rpc().call(UPLOAD, stream)).isEqualTo("6 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 400", "false, 404"})
  void aPathThatCannotBeSignedIsSentAsItIs(boolean signed, int status) {
    LocalAppServer.Builder builder = LocalAppServer.builder(worker);
    try (LocalAppServer other = (signed ? builder.signed(secrets) : builder).start();
        Transport transport =
            Calls.transport(config(secrets).localApp(Calls.WORKER, other.url()))) {
      assertThat(succeeded(CallStyle.BLOCKING.make(transport, Calls.get("/a//b"))).status())
          .isEqualTo(status);
    }
  }

  @Test
  void thePublishedSecretIsAllowedAndTheLogSaysSo() {
    try (LocalAppServer published =
            LocalAppServer.builder(worker).signed(SigningSecrets.local()).start();
        W7s shop =
            W7s.builder(
                    W7sConfig.builder()
                        .mode(W7sConfig.Mode.LOCAL)
                        .app("acme/shop")
                        .localApp(Calls.WORKER, published.url())
                        .build())
                .build()) {
      assertThat(shop.rpc().call(ECHO, "a")).isEqualTo("echo a");
      assertThat(shop.rpc().call(ECHO, "b")).isEqualTo("echo b");
    }

    assertThat(log.warnings()).singleElement().asString().contains("published secret");
  }
}

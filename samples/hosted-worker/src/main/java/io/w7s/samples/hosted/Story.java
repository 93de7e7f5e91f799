package io.w7s.samples.hosted;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.EmulatorServer;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A platform in memory, the bridge in workerd, and a service in Tomcat: what the platform delivers
 * goes through the bridge to the service, and what the service calls goes through the bridge to the
 * platform.
 */
public final class Story {

  private static final List<String> EXPECTED =
      List.of(
          "queue     job-1 arrived",
          "schedule  0 3 * * * arrived",
          "rpc       /status arrived from acme/desk",
          "got Report[id=job-1, words=4]",
          "message to the service: 401",
          "message to the bridge: 404",
          "/hello of the service: 200",
          "/status of the service: 401",
          "queue     job-2 arrived",
          "got Report[id=job-2, words=2]");

  private final Consumer<String> story;
  private final InMemoryW7s platform = InMemoryW7s.create();
  private final HttpClient stranger = HttpClient.newHttpClient();

  private Story(Consumer<String> story) {
    this.story = story;
  }

  /** Takes the directory of the bridge. */
  public static void main(String[] arguments) throws Exception {
    tell(Path.of(arguments[0]), System.out::println);
  }

  /** Tells each step; throws when a message did not arrive, or a forged one did. */
  static void tell(Path bridge, Consumer<String> story) throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    new Story(
            line -> {
              told.add(line);
              story.accept(line);
            })
        .tell(bridge);
    for (String expected : EXPECTED) {
      if (told.stream().filter(line -> line.contains(expected)).count() != 1) {
        throw new IllegalStateException("not told once: " + expected);
      }
    }
  }

  private void tell(Path bridgeFiles) throws Exception {
    String secret = SigningSecrets.generate();
    int bridgePort = freePort();
    var backend = new AtomicReference<AppHandler>();
    try (W7s w7s = w7s(secret, bridgePort);
        EmulatorServer bindings = EmulatorServer.start(platform.platform())) {
      W7sApp worker = Worker.app(w7s.queues(), story);
      AppHandler signedOnly = SignedHandler.builder(worker, SigningSecrets.of(secret)).build();
      platform.deploy("acme/worker", worker.manifest(), request -> backend.get().handle(request));
      platform.deploy(desk());
      Service service = Service.start(signedOnly, 0);
      int servicePort = service.port();
      try (Bridge bridge =
          Bridge.start(bridgeFiles, bridgePort, bindings.url(), variables(secret, service.url()))) {
        backend.set(bridge);
        story.accept("service   in Tomcat at " + service.url());
        story.accept("bridge    in workerd at http://127.0.0.1:" + bridgePort);
        deliveries();
        strangers(service.url(), bridgePort);
        service.close();
        platform.as("acme/desk").queues().send(Worker.JOBS, new Worker.Job("job-2", "one two"));
        platform.advance(Duration.ofSeconds(5));
        story.accept("down      the service is stopped; job-2 could not be delivered");
        service = Service.start(signedOnly, servicePort);
        platform.runUntilIdle();
      } finally {
        service.close();
      }
    }
  }

  private void deliveries() {
    W7s desk = platform.as("acme/desk");
    desk.queues().send(Worker.JOBS, new Worker.Job("job-1", "the quick brown fox"));
    platform.runUntilIdle();
    platform.fire("acme/worker", Worker.NIGHTLY);
    Worker.Status status = desk.rpc().call(Worker.STATUS);
    story.accept("response  " + status);
  }

  /** What somebody tries who has found the addresses. */
  private void strangers(URI service, int bridgePort) throws IOException, InterruptedException {
    URI bridge = URI.create("http://127.0.0.1:" + bridgePort);
    story.accept("forged    a message to the service: " + forged(service));
    story.accept("forged    a message to the bridge: " + forged(bridge));
    story.accept("public    /hello of the service: " + get(service.resolve("/hello")));
    story.accept("public    /status of the service: " + get(service.resolve("/status")));
  }

  private String forged(URI server) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(server.resolve("/_w7s/queues/jobs"))
            .header("content-type", "application/json")
            .header("x-w7s-queue", "jobs")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"1\",\"attempts\":1,\"body\":{}}]}"))
            .build());
  }

  private String get(URI url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url).build());
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    var response = stranger.send(request, BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private W7sApp desk() {
    return W7sApp.builder(Worker.DESK)
        .on(Worker.REPORTS, message -> story.accept("desk      got " + message.body()))
        .build();
  }

  /** What the service calls with: the address of its bridge, and the secret. */
  private static W7s w7s(String secret, int bridgePort) {
    return W7s.builder(
            W7sConfig.builder()
                .mode(W7sConfig.Mode.HOSTED)
                .app("acme/worker")
                .bridgeUrl(URI.create("http://127.0.0.1:" + bridgePort))
                .bridgeSecrets(SigningSecrets.of(secret))
                .build())
        .build();
  }

  /** What a backend finds in its environment: of the platform, and of the repository's settings. */
  private Map<String, String> variables(String secret, URI service) {
    Tokens tokens =
        platform
            .platform()
            .deployment(AppInstance.of(Worker.APP.id()))
            .orElseThrow()
            .tokens()
            .orElseThrow();
    return Map.of(
        "W7S_OWNER", "acme",
        "W7S_RPC_TOKEN", tokens.rpc(),
        "W7S_QUEUE_TOKEN", tokens.queue(),
        "W7S_WORKFLOW_TOKEN", tokens.workflow(),
        "W7S_BRIDGE_ORIGIN", service.toString(),
        "W7S_BRIDGE_SECRET", secret);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}

package io.w7s.sdk.local.internal.server;

import static io.w7s.sdk.local.internal.server.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No sender takes a server away from the others: neither by time nor by memory nor by places. */
@Timeout(60)
class SlowSendersTest {

  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final String ECHO = request("POST", "/x", "\"hi\"");
  private static final String UNFINISHED_HEAD = "POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\n";

  private static HttpServer.Builder patient() {
    return HttpServer.builder(new EchoHandler())
        .idleTimeout(LONG)
        .headTimeout(LONG)
        .bodyTimeout(LONG, 1024);
  }

  private static String unfinishedBody(int length, int sent) {
    return UNFINISHED_HEAD + "content-length: " + length + "\r\n\r\n" + "x".repeat(sent);
  }

  // time

  @Test
  void closesASilentConnectionBetweenRequests() throws Exception {
    try (HttpServer server = patient().idleTimeout(SHORT).start();
        var client = new RawClient(server.port())) {
      assertThat(client.exchange(ECHO).status()).isEqualTo(200);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void refusesAHeadThatDoesNotEnd() throws Exception {
    try (HttpServer server = patient().headTimeout(SHORT).start();
        var client = new RawClient(server.port())) {
      client.send(UNFINISHED_HEAD);

      assertRefused(client, 408);
    }
  }

  @Test
  void refusesABodyThatDoesNotCome() throws Exception {
    try (HttpServer server = patient().bodyTimeout(SHORT, 1024).start();
        var client = new RawClient(server.port())) {
      client.send(unfinishedBody(100, 5));

      assertRefused(client, 408);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-slow: ", "content-length: 100000\r\n\r\n"})
  void countsTheWholeTimeOfASenderThatDrips(String beginning) throws Exception {
    // each look at the clock finds it a second later, so that no test has to wait
    try (HttpServer server =
            HttpServer.builder(new EchoHandler()).time(new Jumping(Duration.ofSeconds(1))).start();
        var client = new RawClient(server.port())) {
      client.send(UNFINISHED_HEAD + beginning);
      CompletableFuture<Void> dripping = CompletableFuture.runAsync(() -> drip(client));

      assertThat(client.response().status()).isEqualTo(408);
      client.close();
      dripping.join();
    }
  }

  private static void drip(RawClient client) {
    try {
      while (true) {
        client.send("x");
      }
    } catch (IOException cutOff) {
      // what the test waits for
    }
  }

  @Test
  void readsALargeBodyThatKeepsToTheRate() throws Exception {
    // 10 s and a second for each of 1,024 bytes: the clock goes by looks, of which there are few
    String body = "x".repeat(EchoHandler.MAX_BODY);
    try (HttpServer server =
        HttpServer.builder(new EchoHandler())
            .bodyTimeout(Duration.ofSeconds(10), 1024)
            .time(new Jumping(Duration.ofSeconds(1)))
            .start()) {
      assertThat(RawClient.once(server.port(), request("POST", "/x", body)).body()).isEqualTo(body);
    }
  }

  // memory

  @Test
  void refusesALargeBodyWhenOthersHoldTheMemory() throws Exception {
    int half = 512 * 1024;
    try (HttpServer server = patient().bodyMemory(EchoHandler.MAX_BODY).start();
        var holder = new RawClient(server.port())) {
      holder.send(unfinishedBody(EchoHandler.MAX_BODY, half + 100_000));
      String large = request("POST", "/x", "y".repeat(half));
      long end = System.nanoTime() + LONG.toNanos();
      while (server.memory.left() >= half - BodyMemory.FREE_BYTES) {
        assertThat(System.nanoTime()).as("the server reads what the holder sent").isLessThan(end);
        Thread.onSpinWait();
      }
      Response refused = RawClient.once(server.port(), large);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.head())
          .containsIgnoringCase("retry-after: 1")
          .containsIgnoringCase("connection: close");
      assertThat(refused.body()).startsWith("{\"ok\":false,\"error\":\"too many large bodies");
      String small = "z".repeat(BodyMemory.FREE_BYTES);
      assertThat(RawClient.once(server.port(), request("POST", "/x", small)).body())
          .isEqualTo(small);

      holder.send("x".repeat(EchoHandler.MAX_BODY - half - 100_000));
      assertThat(holder.response().body()).hasSize(EchoHandler.MAX_BODY);
      assertThat(RawClient.once(server.port(), large).status()).isEqualTo(200);
    }
  }

  @Test
  void takesNoMemoryForABodyThatIsOnlyAnnounced() throws Exception {
    var clients = new ArrayList<RawClient>();
    try (HttpServer server = patient().bodyMemory(EchoHandler.MAX_BODY).start()) {
      for (int i = 0; i < 50; i++) {
        var client = new RawClient(server.port());
        clients.add(client);
        client.send(unfinishedBody(EchoHandler.MAX_BODY, 10));
      }

      String large = "y".repeat(EchoHandler.MAX_BODY);
      assertThat(RawClient.once(server.port(), request("POST", "/x", large)).status())
          .isEqualTo(200);
    } finally {
      close(clients);
    }
  }

  @Test
  void givesMemoryBackAfterABodyThatBreaksOff() throws Exception {
    try (HttpServer server = patient().bodyMemory(EchoHandler.MAX_BODY).start()) {
      for (int i = 0; i < 20; i++) {
        try (var client = new RawClient(server.port())) {
          client.send(unfinishedBody(EchoHandler.MAX_BODY, EchoHandler.MAX_BODY - 1));
          client.endSending();
          assertThat(client.response().status()).isEqualTo(400);
        }
      }
    }
  }

  // places

  @ParameterizedTest
  @ValueSource(strings = {"", UNFINISHED_HEAD, "x"})
  void closesTheLongestWaitingConnectionWhenOthersWait(String sent) throws Exception {
    try (HttpServer server = patient().maxConnections(2).start();
        var first = new RawClient(server.port());
        var second = new RawClient(server.port())) {
      first.exchange(ECHO);
      first.send(sent);
      second.exchange(ECHO);
      second.send(sent);

      for (int i = 0; i < 10; i++) {
        assertThat(RawClient.once(server.port(), ECHO).status()).isEqualTo(200);
      }
      assertThat(first.isAtEnd()).isTrue();
    }
  }

  @Test
  void servesOthersWhileAThousandSendersDrip() throws Exception {
    var slow = new ArrayList<RawClient>();
    try (HttpServer server = HttpServer.builder(new EchoHandler()).start()) {
      for (int i = 0; i < 1_100; i++) {
        var client = new RawClient(server.port());
        slow.add(client);
        client.send("P");
      }

      assertThat(RawClient.once(server.port(), ECHO).body()).isEqualTo("\"hi\"");
    } finally {
      close(slow);
    }
  }

  @Test
  void neverClosesAConnectionWhoseRequestIsHandled() throws Exception {
    var arrived = new CountDownLatch(2);
    var release = new CountDownLatch(1);
    var waiting = new Waiting(arrived, release);
    try (HttpServer server = HttpServer.builder(waiting).maxConnections(2).start();
        var first = new RawClient(server.port());
        var second = new RawClient(server.port())) {
      first.send(ECHO);
      second.send(ECHO);
      arrived.await();
      try (var third = new RawClient(server.port())) {
        third.send(ECHO);
        release.countDown();

        for (RawClient each : List.of(first, second, third)) {
          assertThat(each.response().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void closesAConnectionThatDoesNotReadItsResponseWhenOthersWait() throws Exception {
    var arrived = new CountDownLatch(1);
    try (HttpServer server =
            HttpServer.builder(new Large(arrived))
                .maxConnections(1)
                .idleTimeout(LONG)
                .headTimeout(LONG)
                .time(new Jumping(Duration.ofSeconds(20)))
                .start();
        var deaf = new RawClient(server.port())) {
      deaf.send(request("GET", "/large", ""));
      arrived.await();

      assertThat(RawClient.get(server.port(), "/small").status()).isEqualTo(200);
    }
  }

  @Test
  void closesAConnectionThatDoesNotReadItsResponseThoughNobodyWaits() throws Exception {
    var arrived = new CountDownLatch(1);
    try (HttpServer server =
            HttpServer.builder(new Large(arrived))
                .idleTimeout(LONG)
                .headTimeout(LONG)
                .time(new Jumping(Duration.ofSeconds(20)))
                .start();
        var deaf = new RawClient(server.port())) {
      deaf.send(request("GET", "/large", ""));
      arrived.await();

      while (server.drain(Duration.ofMillis(100)) > 0) {
        // until the server has given up the response; the timeout of the class ends the test
      }
    }
  }

  /** Answers {@code /large} with more than a connection holds unread. */
  private record Large(CountDownLatch arrived) implements HttpHandler {
    @Override
    public AppResponse handle(IncomingRequest request) {
      arrived.countDown();
      int length = request.path().equals("/large") ? 64 * 1024 * 1024 : 0;
      return new AppResponse(200, Headers.none(), new byte[length]);
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return Responses.appRefusal(status, reason);
    }
  }

  private record Waiting(CountDownLatch arrived, CountDownLatch release) implements HttpHandler {
    @Override
    public AppResponse handle(IncomingRequest request) throws IOException {
      arrived.countDown();
      try {
        release.await();
      } catch (InterruptedException closing) {
        throw new IOException(closing);
      }
      return new EchoHandler().handle(request);
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return Responses.appRefusal(status, reason);
    }
  }

  private static void assertRefused(RawClient client, int status) throws IOException {
    Response response = client.response();
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.head()).containsIgnoringCase("connection: close");
    assertThat(response.body()).startsWith("{\"ok\":false,\"error\":\"");
    assertThat(client.isAtEnd()).isTrue();
  }

  private static void close(List<RawClient> clients) throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
  }

  /** Time that passes by some step each time that it is looked at. */
  private static final class Jumping implements TimeSource {

    private final Duration step;
    private final AtomicLong looks = new AtomicLong();

    Jumping(Duration step) {
      this.step = step;
    }

    @Override
    public Duration elapsed() {
      return step.multipliedBy(looks.incrementAndGet());
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plus(elapsed());
    }

    @Override
    public void sleep(Duration delay) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RandomGenerator random() {
      throw new UnsupportedOperationException();
    }
  }
}

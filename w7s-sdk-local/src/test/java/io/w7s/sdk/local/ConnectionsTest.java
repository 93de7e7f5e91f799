package io.w7s.sdk.local;

import static io.w7s.sdk.local.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the server for one's own app does with connections, whoever is at their other end. */
@Timeout(60)
class ConnectionsTest {

  private static final W7sApp APP =
      W7sApp.builder(AppRef.of("acme/worker"))
          .on(AppRef.of("acme/worker").post("/echo", String.class, String.class), r -> r.body())
          .build();
  private static final String ECHO = request("POST", "/echo", "\"hi\"");
  private static final Duration LONG = Duration.ofMinutes(1);

  private static Connections serving(
      ServerSocket door, int most, Duration idle, Executor executor) {
    var exchange = new AppExchange(APP, URI.create("http://127.0.0.1/worker"), new InFlight());
    var connections = new Connections(door, most, new AppHttp(exchange, idle), executor, "accept");
    connections.start();
    return connections;
  }

  private static ServerSocket door() throws Exception {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static void inAThread(Runnable task) {
    var thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void noMoreAreServedAtATimeThanAllowed() throws Exception {
    BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    try (ServerSocket door = door();
        Connections served = serving(door, 2, LONG, tasks::add);
        var first = new RawClient(door.getLocalPort());
        var second = new RawClient(door.getLocalPort());
        var third = new RawClient(door.getLocalPort())) {
      Runnable one = tasks.take();
      Runnable another = tasks.take();
      assertThat(tasks).isEmpty();

      first.close();
      one.run(); // reads its end
      inAThread(another);
      inAThread(tasks.take());

      assertThat(second.exchange(ECHO).body()).isEqualTo("\"hi\"");
      assertThat(third.exchange(ECHO).body()).isEqualTo("\"hi\"");
    }
  }

  @Test
  void oneOnWhichNothingIsSentIsClosed() throws Exception {
    try (ServerSocket door = door();
        Connections served = serving(door, 2, Duration.ofMillis(500), ConnectionsTest::inAThread)) {
      try (var between = new RawClient(door.getLocalPort())) {
        assertThat(between.exchange(ECHO).status()).isEqualTo(200);
        assertThat(between.isAtEnd()).isTrue();
      }
      try (var within = new RawClient(door.getLocalPort())) {
        within.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nshort");
        assertThat(within.answer(false).status()).isEqualTo(400);
        assertThat(within.isAtEnd()).isTrue();
      }
    }
  }

  @Test
  void oneThatTheExecutorDoesNotTakeIsClosedAndTheNextIsServed() throws Exception {
    BlockingQueue<Boolean> full = new LinkedBlockingQueue<>();
    full.add(true);
    Executor executor =
        task -> {
          if (full.poll() != null) {
            throw new RejectedExecutionException("full");
          }
          inAThread(task);
        };
    try (ServerSocket door = door();
        Connections served = serving(door, 1, LONG, executor)) {
      try (var refused = new RawClient(door.getLocalPort())) {
        assertThat(refused.isAtEnd()).isTrue();
      }
      try (var next = new RawClient(door.getLocalPort())) {
        assertThat(next.exchange(ECHO).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void closingCutsOffThoseThatWaitForAThread() throws Exception {
    BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    try (ServerSocket door = door();
        Connections served = serving(door, 2, LONG, tasks::add);
        var waiting = new RawClient(door.getLocalPort())) {
      Runnable task = tasks.take();
      served.close();

      assertThat(waiting.isAtEnd()).isTrue();
      task.run(); // finds that there is nothing to do
      assertThat(door.isClosed()).isTrue();
    }
  }

  @Test
  void requestsSentWithoutWaitingAreAnsweredInTheirOrder() throws Exception {
    try (LocalAppServer server = LocalAppServer.start(APP);
        var client = new RawClient(server)) {
      client.send(request("POST", "/echo", "\"1\"") + request("POST", "/echo", "\"2\""));

      assertThat(client.answer(false).body()).isEqualTo("\"1\"");
      assertThat(client.answer(false).body()).isEqualTo("\"2\"");
    }
  }

  @Test
  void oneIsKeptAfterARefusalOfTheApp() throws Exception {
    try (LocalAppServer server = LocalAppServer.start(APP);
        var client = new RawClient(server)) {
      RawClient.Answer refused = client.exchange(request("POST", "/echo", "{"));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.head()).doesNotContainIgnoringCase("connection:");
      assertThat(client.exchange(request("GET", "/nowhere", "")).status()).isEqualTo(404);
      assertThat(client.exchange(ECHO).status()).isEqualTo(200);
    }
  }

  @Test
  void aSenderThatAsksForItGetsItClosed() throws Exception {
    String asked = request("POST", "/echo", "\"hi\"", "connection: close");
    for (String last : new String[] {asked, ECHO.replace("HTTP/1.1", "HTTP/1.0")}) {
      try (LocalAppServer server = LocalAppServer.start(APP);
          var client = new RawClient(server)) {
        RawClient.Answer answer = client.exchange(last);
        assertThat(answer.body()).isEqualTo("\"hi\"");
        assertThat(answer.head()).containsIgnoringCase("connection: close");
        assertThat(client.isAtEnd()).isTrue();
      }
    }
  }

  @Test
  void aRequestIsLoggedWhetherItsConnectionIsKeptOrClosed() throws Exception {
    var logger = (Logger) LoggerFactory.getLogger(LocalAppServer.class);
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.DEBUG);
    try {
      try (LocalAppServer server = LocalAppServer.start(APP);
          var client = new RawClient(server)) {
        client.exchange(request("POST", "/echo?secret", "\"hi\""));
        client.exchange(request("POST", "/echo", "\"hi\"", "connection: close"));
      }
      assertThat(logged.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .filteredOn(line -> line.matches("POST /echo 200 in \\d+ ms"))
          .hasSize(2);
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
  }

  @Test
  void aSenderThatAsksWhetherToSendItsBodyIsToldSo() throws Exception {
    try (LocalAppServer server = LocalAppServer.start(APP);
        var client = new RawClient(server)) {
      client.send(
          "POST /echo HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n");
      assertThat(client.answer(true).status()).isEqualTo(100);

      client.send("\"hi\"");
      assertThat(client.answer(false).body()).isEqualTo("\"hi\"");
    }
  }

  @Test
  void theRestOfABodyThatNobodyWantsIsNotTakenForRequests() throws Exception {
    String mostThatIsRead = "x".repeat(32 * 1024 * 1024);
    String further = ECHO.repeat(1_000);
    String request = request("POST", "/_w7s/local/status", mostThatIsRead + further);
    try (LocalAppServer server = LocalAppServer.start(APP);
        var client = new RawClient(server)) {
      client.send(request.substring(0, request.length() - further.length()));
      assertThat(client.answer(false).status()).isEqualTo(405);
      try {
        client.send(further);
      } catch (IOException cut) {
        // by then it may have ended
      }
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void whatIsNotHttpIsRefusedInTheShapeOfAllRefusals() throws Exception {
    assertRefused("GARBAGE\r\n\r\n", 400);
    assertRefused("GET / HTTP/1.1\r\n\r\n", 400);
    assertRefused("GET mailto:x HTTP/1.1\r\nhost: x\r\n\r\n", 400);
    assertRefused("GET /\u0001 HTTP/1.1\r\nhost: x\r\n\r\n", 400);
    assertRefused("GET / HTTP/1.1\r\nhost: x\r\n" + "a: 1\r\n".repeat(200) + "\r\n", 431);
    assertRefused("GET / HTTP/2.0\r\nhost: x\r\n\r\n", 505);
  }

  private static void assertRefused(String request, int status) throws Exception {
    try (LocalAppServer server = LocalAppServer.start(APP);
        var client = new RawClient(server)) {
      RawClient.Answer answer = client.exchange(request);
      assertThat(answer.status()).as(request).isEqualTo(status);
      assertThat(answer.head())
          .containsIgnoringCase("content-type: application/json")
          .containsIgnoringCase("connection: close");
      assertThat(answer.body()).startsWith("{\"ok\":false,\"error\":\"");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @RepeatedTest(100) // without waiting it fails about once in a hundred times
  void thePortIsFreeAfterwards() {
    LocalAppServer first = LocalAppServer.start(APP);
    first.close();
    try (LocalAppServer second = LocalAppServer.start(APP, first.port())) {
      assertThat(second.port()).isEqualTo(first.port());
    }
  }
}

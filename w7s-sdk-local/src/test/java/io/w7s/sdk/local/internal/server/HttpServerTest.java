package io.w7s.sdk.local.internal.server;

import static io.w7s.sdk.local.internal.server.RawClient.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the server does with connections, whatever is at their other end. */
@Timeout(60)
class HttpServerTest {

  private static final String ECHO = request("POST", "/x", "\"hi\"");

  private static HttpServer start() throws IOException {
    return HttpServer.builder(new EchoHandler()).start();
  }

  private static void inAThread(Runnable task) {
    var thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers by a function instead of the body. */
  private record Answering(Handling handling) implements HttpHandler {

    interface Handling {
      AppResponse of(IncomingRequest request) throws IOException;
    }

    @Override
    public AppResponse handle(IncomingRequest request) throws IOException {
      return handling.of(request);
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return Responses.appRefusal(status, reason);
    }
  }

  @Test
  void servesNoMoreConnectionsAtATimeThanAllowed() throws Exception {
    BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    try (HttpServer server =
            HttpServer.builder(new EchoHandler()).maxConnections(2).executor(tasks::add).start();
        var first = new RawClient(server.port());
        var second = new RawClient(server.port())) {
      Runnable one = tasks.take();
      Runnable another = tasks.take();
      assertThat(tasks).isEmpty();
      first.close();
      one.run(); // reads its end
      try (var third = new RawClient(server.port())) {
        inAThread(another);
        inAThread(tasks.take());

        assertThat(second.exchange(ECHO).body()).isEqualTo("\"hi\"");
        assertThat(third.exchange(ECHO).body()).isEqualTo("\"hi\"");
      }
    }
  }

  @Test
  void closesAConnectionThatTheExecutorRejects() throws Exception {
    BlockingQueue<Boolean> full = new LinkedBlockingQueue<>();
    full.add(true);
    Executor executor =
        task -> {
          if (full.poll() != null) {
            throw new RejectedExecutionException("full");
          }
          inAThread(task);
        };
    try (HttpServer server =
        HttpServer.builder(new EchoHandler()).maxConnections(1).executor(executor).start()) {
      try (var rejected = new RawClient(server.port())) {
        assertThat(rejected.isAtEnd()).isTrue();
      }
      assertThat(RawClient.once(server.port(), ECHO).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 304})
  void sendsNoBodyWithAStatusThatAllowsNone(int status) throws Exception {
    var handler =
        new Answering(
            request ->
                new AppResponse(
                    request.method().equals("GET") ? status : 200,
                    Headers.none(),
                    "\"body\"".getBytes(UTF_8)));
    try (HttpServer server = HttpServer.builder(handler).start();
        var client = new RawClient(server.port())) {
      Response response = client.exchange(request("GET", "/x", ""));

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).isEmpty();
      assertThat(client.exchange(ECHO).body()).isEqualTo("\"body\"");
    }
  }

  @Test
  void givesTheLengthOfTheBodyWhateverTheHandlerSays() throws Exception {
    var handler =
        new Answering(
            request ->
                new AppResponse(
                    200, Headers.of("content-length", "999"), "\"body\"".getBytes(UTF_8)));
    try (HttpServer server = HttpServer.builder(handler).start()) {
      assertThat(RawClient.once(server.port(), ECHO).body()).isEqualTo("\"body\"");
    }
  }

  @Test
  void respondsToPipelinedRequestsInTheirOrder() throws Exception {
    try (HttpServer server = start();
        var client = new RawClient(server.port())) {
      client.send(request("POST", "/x", "\"1\"") + request("POST", "/x", "\"2\""));

      assertThat(client.response().body()).isEqualTo("\"1\"");
      assertThat(client.response().body()).isEqualTo("\"2\"");
    }
  }

  @Test
  void keepsAConnectionAfterARefusalWhoseRequestWasRead() throws Exception {
    var handler =
        new Answering(
            request -> {
              request.readBody(100);
              throw new RequestRefused(404, "nothing is here");
            });
    try (HttpServer server = HttpServer.builder(handler).start();
        var client = new RawClient(server.port())) {
      for (int i = 0; i < 2; i++) {
        Response refused = client.exchange(ECHO);
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.head()).doesNotContainIgnoringCase("connection:");
      }
    }
  }

  @Test
  void closesAConnectionWhoseSenderAsksForIt() throws Exception {
    String asked = request("POST", "/x", "\"hi\"", "connection: keep-alive, Close");
    for (String last : new String[] {asked, ECHO.replace("HTTP/1.1", "HTTP/1.0")}) {
      try (HttpServer server = start();
          var client = new RawClient(server.port())) {
        Response response = client.exchange(last);
        assertThat(response.body()).isEqualTo("\"hi\"");
        assertThat(response.head()).containsIgnoringCase("connection: close");
        assertThat(client.isAtEnd()).isTrue();
      }
    }
  }

  @Test
  void neverTakesTheRestOfAnUnreadBodyForRequests() throws Exception {
    var handler =
        new Answering(
            request -> {
              throw new RequestRefused(403, "no");
            });
    String further = ECHO.repeat(1_000);
    try (HttpServer server = HttpServer.builder(handler).start();
        var client = new RawClient(server.port())) {
      client.send(request("POST", "/x", "x".repeat(1_000_000) + further));

      assertThat(client.response().status()).isEqualTo(403);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void cutsAConnectionWhenTheHandlerAsksForIt() throws Exception {
    var handler =
        new Answering(
            request -> {
              throw new IOException("cut");
            });
    try (HttpServer server = HttpServer.builder(handler).start();
        var client = new RawClient(server.port())) {
      client.send(ECHO);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void respondsToADefectWith500AndNothingOfIt() throws Exception {
    var handler =
        new Answering(
            request -> {
              if (request.path().equals("/error")) {
                throw new AssertionError("secret");
              }
              return new AppResponse(99, Headers.none(), new byte[0]);
            });
    try (HttpServer server = HttpServer.builder(handler).start()) {
      for (String path : new String[] {"/error", "/no-status"}) {
        Response response = RawClient.get(server.port(), path);
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("{\"ok\":false,\"error\":\"the request failed\"}");
      }
    }
  }

  @Test
  void asksForABodyOnlyWhenItIsWanted() throws Exception {
    String head = "POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-Continue\r\ncontent-length: ";
    try (HttpServer server = start()) {
      try (var client = new RawClient(server.port())) {
        client.send(head + "4\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(100);
        client.send("\"hi\"");
        assertThat(client.response().body()).isEqualTo("\"hi\"");
      }
      try (var client = new RawClient(server.port())) {
        client.send(head + "5000000\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(413);
        assertThat(client.isAtEnd()).isTrue();
      }
      try (var client = new RawClient(server.port())) {
        client.send(head.replace("/x", "/x?y\r\norigin: http://evil.example") + "4\r\n\r\n");
        assertThat(client.response().status()).isGreaterThanOrEqualTo(400);
      }
      try (var client = new RawClient(server.port())) {
        client.send(head.replace("expect", "origin: null\r\nexpect") + "4\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(403);
      }
    }
  }

  @Test
  void logsARequestInOneBoundedLine() throws Exception {
    var logger = (Logger) LoggerFactory.getLogger(HttpServer.class);
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.DEBUG);
    var handler =
        new Answering(
            request -> {
              throw new IllegalStateException("defect");
            });
    try {
      try (HttpServer server = start();
          var client = new RawClient(server.port())) {
        client.exchange(request("POST", "/x?secret", "\"hi\""));
        client.exchange(request("POST", "/" + "x".repeat(10_000), "\"hi\"", "connection: close"));
      }
      try (HttpServer server = HttpServer.builder(handler).start()) {
        RawClient.get(server.port(), "/" + "y".repeat(10_000));
      }
      try (HttpServer server = start()) {
        RawClient.once(server.port(), "FORGED\u001b[31m LINE" + "z".repeat(10_000) + "\r\n\r\n");
        RawClient.once(server.port(), "GET /\r12:00:00 ERROR FORGED\r\n\r\n");
      }
      assertThat(logged.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .allSatisfy(line -> assertThat(line).hasSizeLessThan(700).doesNotContain("secret"))
          .allSatisfy(line -> assertThat(line.chars()).noneMatch(Character::isISOControl))
          .anyMatch(line -> line.matches("POST /x 200 in \\d+ ms"))
          .anyMatch(line -> line.startsWith("POST /xxx"))
          .anyMatch(line -> line.startsWith("GET /yyy"))
          .anyMatch(line -> line.startsWith("a request was refused with 400"));
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
  }

  // close

  @Test
  void closingCutsOffConnectionsThatWaitForAThread() throws Exception {
    BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    try (HttpServer server = HttpServer.builder(new EchoHandler()).executor(tasks::add).start();
        var waiting = new RawClient(server.port())) {
      Runnable task = tasks.take();
      server.close();

      assertThat(waiting.isAtEnd()).isTrue();
      task.run(); // finds that there is nothing to do
    }
  }

  @Test
  void closingEndsADrainAtOnce() throws Exception {
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var handler =
        new Answering(
            request -> {
              arrived.countDown();
              while (release.getCount() > 0) {
                try {
                  release.await();
                } catch (InterruptedException ignored) {
                  // a handler that does not end
                }
              }
              return Responses.json(200, java.util.Map.of());
            });
    try (HttpServer server = HttpServer.builder(handler).start();
        var client = new RawClient(server.port())) {
      client.send(ECHO);
      arrived.await();
      var drained =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return server.drain(Duration.ofSeconds(Long.MAX_VALUE));
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      server.close();

      assertThat(drained.get(20, TimeUnit.SECONDS)).isEqualTo(1);
      release.countDown();
    }
  }

  @Test
  void doesNotWaitForTheRestOfARefusedBody() throws Exception {
    try (HttpServer server = start();
        var client = new RawClient(server.port())) {
      client.send("POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5000000\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(413);

      assertThat(server.drain(Duration.ofDays(1))).isZero();
    }
  }

  @RepeatedTest(100) // without waiting for the acceptor it fails about once in a hundred times
  void closingFreesThePort() throws Exception {
    HttpServer first = start();
    first.close();
    try (HttpServer second = HttpServer.builder(new EchoHandler()).port(first.port()).start()) {
      assertThat(second.port()).isEqualTo(first.port());
    }
  }
}

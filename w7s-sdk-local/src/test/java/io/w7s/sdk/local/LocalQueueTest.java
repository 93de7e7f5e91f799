package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.JOBS;
import static io.w7s.sdk.local.Calls.send;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalQueueTest {

  private static final QueueRef<Map<String, Object>> QUEUE =
      AppRef.of("acme/worker").queue("jobs", new TypeRef<Map<String, Object>>() {});

  private final VirtualTime time = Calls.virtualTime();

  @ParameterizedTest
  @EnumSource
  void deliversAMessageInTheLocalShape(CallStyle style) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      SendReceipt receipt = succeeded(style.make(transport, send("{\"n\": 1.50 }")));
      assertThat(worker.requests()).as("before the platform delivers").isEmpty();
      time.runUntilIdle(10);

      RawServer.Request seen = worker.requests().get(0);
      assertThat(seen.line()).isEqualTo("POST /worker/_w7s/queues/jobs HTTP/1.1");
      assertThat(seen.header("host")).isEqualTo("127.0.0.1:" + worker.port());
      assertThat(seen.header("content-type")).isEqualTo("application/json");
      assertThat(seen.header("accept")).isEqualTo("application/json");
      assertThat(seen.header("x-w7s-queue")).isEqualTo("1");
      assertThat(seen.header("x-w7s-queue-name")).isEqualTo(JOBS.physicalName());
      assertThat(seen.header("x-w7s-queue-caller-repository")).isEqualTo("acme/shop");
      assertThat(seen.header("x-w7s-queue-environment")).isEqualTo("feature-x");
      assertThat(seen.header("x-w7s-rpc")).isEmpty();
      assertThat(seen.header("x-mine")).isEmpty();
      assertThat(seen.body()).contains("\"body\":{\"n\":1.5}");
      QueueDelivery delivery = delivery(seen);
      assertThat(delivery.queue()).isEqualTo("jobs");
      QueueDelivery.Message message = delivery.messages().get(0);
      assertThat(message.id()).isNotEmpty();
      assertThat(message.attempts()).isEqualTo(1);
      assertThat(message.caller()).isEqualTo(shop());
      assertThat(message.enqueuedAt()).isEqualTo(Calls.START).isEqualTo(message.timestamp());
      assertThat(receipt).isEqualTo(new SendReceipt(Calls.WORKER, "jobs", Calls.START));
    }
  }

  @Test
  void handsMessageAndSenderToTheHandler() {
    var seen = new CopyOnWriteArrayList<QueueMessage<Map<String, Object>>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(QUEUE, seen::add).build();
    try (LocalAppServer server = LocalAppServer.start(app);
        Transport transport = Calls.transport(server.url())) {
      succeeded(CallStyle.BLOCKING.make(transport, send("{\"name\":\"Zoë 👋\"}")));
      succeeded(CallStyle.ASYNC.make(transport, send("{\"name\":null}")));
      transport.close(); // delivers what is due
    }

    assertThat(seen)
        .extracting(message -> message.body().get("name"))
        .containsExactlyInAnyOrder("Zoë 👋", null);
    assertThat(seen).allSatisfy(message -> assertThat(message.caller()).hasValue(shop()));
    assertThat(seen).extracting(QueueMessage::id).doesNotHaveDuplicates();
  }

  @Test
  void deliversAtOnceInBatchesOfTen() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      for (int i = 0; i < 13; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, send(String.valueOf(i))));
      }
      time.advance(Duration.ZERO);

      assertThat(worker.requests())
          .extracting(request -> delivery(request).messages().size())
          .containsExactly(10, 3);
    }
  }

  @Test
  void collectsTheNextBatchDuringADelivery() throws Exception {
    var arrived = new CountDownLatch(1);
    var response = new CountDownLatch(1);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  while (true) {
                    connection.request();
                    arrived.countDown();
                    await(response);
                    connection.send(RawServer.ok(""));
                  }
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(CallStyle.BLOCKING.make(transport, send("0")));
      arrived.await();
      for (int i = 1; i < 10; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, send(String.valueOf(i))));
      }
      response.countDown();
      transport.close();

      assertThat(worker.requests())
          .extracting(request -> delivery(request).messages().size())
          .containsExactly(1, 9);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 302, 400, 404, 429, 500, 503})
  void retriesABatchAfter10SecondsUnlessItSucceeds(int status) throws Exception {
    var requests = new AtomicInteger();
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  while (true) {
                    connection.request();
                    connection.send(
                        requests.incrementAndGet() == 1 ? failing(status, "") : RawServer.ok(""));
                  }
                });
        LocalTransport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      time.advance(ofSeconds(9));
      assertThat(worker.requests()).hasSize(1);
      time.advance(ofSeconds(1));

      assertThat(worker.requests()).hasSize(2);
      QueueDelivery.Message first = delivery(worker.requests().get(0)).messages().get(0);
      QueueDelivery.Message second = delivery(worker.requests().get(1)).messages().get(0);
      assertThat(second.id()).isEqualTo(first.id());
      assertThat(second.attempts()).isEqualTo(2);
      assertThat(transport.platform().queues().counts(JOBS))
          .isEqualTo(new QueueCounts(0, 0, 0, 1, 1, 0));
    }
  }

  @Test
  void logsADeadLetterWithTargetAndCause() throws Exception {
    try (RawServer worker =
            RawServer.answering(failing(500, "{\"ok\":false,\"error\":\"not\\ntoday\"}"));
        LocalTransport transport = Calls.transport(worker.url("/worker"), time);
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("\"canary\"")));
      time.runUntilIdle(100);

      String cause =
          "acme/worker (feature-x) /_w7s/queues/jobs failed: %s responded with 500: not today"
              .formatted(worker.url("/worker/_w7s/queues/jobs"));
      assertThat(worker.requests()).hasSize(4);
      assertThat(transport.platform().queues().deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.queue()).isEqualTo(JOBS);
                assertThat(letter.message().attempts()).isEqualTo(4);
                assertThat(letter.cause()).isEqualTo(cause);
              });
      assertThat(logged.warnings()).hasSize(4).allSatisfy(line -> assertThat(line).contains(cause));
      assertThat(logged.warnings().get(3)).startsWith("dropped message");
      assertThat(logged.warnings()).noneSatisfy(line -> assertThat(line).contains("canary"));
    }
  }

  @Test
  void showsOnlyAShortJsonReason() throws Exception {
    for (String body : List.of("<html>secret</html>", "", "[]", "{\"error\":{\"a\":1}}")) {
      assertThat(causeFor(body)).endsWith("responded with 500");
    }
    assertThat(causeFor("{\"error\":\"" + "x".repeat(5000) + "\"}")).hasSizeLessThan(800);
  }

  private static String causeFor(String body) throws Exception {
    VirtualTime time = Calls.virtualTime();
    try (RawServer worker = RawServer.answering(failing(500, body));
        LocalTransport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      time.runUntilIdle(100);
      return deadLetter(transport).cause();
    }
  }

  @Test
  void deliversOnceTheConsumerIsUp() {
    URI url = ClosedPort.url("/worker");
    var seen = new CopyOnWriteArrayList<Integer>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                AppRef.of("acme/worker").queue("jobs", Integer.class),
                message -> seen.add(message.attempt()))
            .build();
    try (LocalTransport transport = Calls.transport(url, time);
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("7")));
      time.advance(Duration.ZERO);
      assertThat(logged.warnings())
          .singleElement()
          .asString()
          .contains("acme/worker at " + url + "/_w7s/queues/jobs is not reachable")
          .contains("set w7s.local.apps.acme/worker (variable W7S_LOCAL_ACME_WORKER_URL)");
      try (LocalAppServer server = LocalAppServer.start(app, url.getPort())) {
        assertThat(server.url()).isEqualTo(url);
        time.advance(ofSeconds(10));
      }
      assertThat(seen).containsExactly(2);
    }
  }

  @Test
  void deliversADelayedMessageNoEarlier() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1", Duration.ofDays(1))));
      succeeded(CallStyle.BLOCKING.make(transport, send("2", ofSeconds(60))));
      time.advance(ofSeconds(59));
      assertThat(worker.connections()).isZero();
      time.advance(ofSeconds(1));
      assertThat(worker.requests()).hasSize(1);
      time.advance(Duration.ofDays(1).minusSeconds(61));
      assertThat(worker.requests()).hasSize(1);
      time.advance(ofSeconds(1));
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @Test
  void countsDelaysByTheMachinesClock() throws Exception {
    var arrived = new CountDownLatch(1);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  arrived.countDown();
                  connection.send(RawServer.ok(""));
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      long start = System.nanoTime();
      succeeded(CallStyle.BLOCKING.make(transport, send("1", ofSeconds(1))));
      arrived.await();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(ofSeconds(1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnAppWithoutUrlBeforeAccepting(CallStyle style) {
    try (LocalTransport transport = Calls.transport(Calls.config(), time)) {
      assertThatThrownBy(() -> style.make(transport, send("1")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.local.apps.acme/worker");
      assertThat(transport.platform().queues().all()).isEmpty();
    }
  }

  @Test
  void allowsOneConsumerPathPerQueue() {
    try (Transport transport = Calls.transport(ClosedPort.url(""), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      QueueSend elsewhere =
          new QueueSend(Calls.WORKER, "jobs", "/elsewhere", new byte[] {'1'}, Duration.ZERO, false);
      Outcome.Refused<?> refused = refused(CallStyle.BLOCKING.make(transport, elsewhere));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.message()).contains("jobs");
    }
  }

  @Test
  void sendsLargeBodiesWithoutDelay() throws Exception {
    String body = "\"" + "x".repeat(27 * 1024) + "\"";
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send(body)));
      time.advance(Duration.ZERO);

      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, send(body)));
        time.advance(Duration.ZERO);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(worker.requests()).hasSize(51);
      assertThat(worker.connections()).isEqualTo(1);
      // without TCP_NODELAY each takes 44 ms, 2.2 s in all; with it all take about 10 ms
      assertThat(took).isLessThan(Duration.ofMillis(1500));
    }
  }

  static String failing(int status, String body) {
    return "HTTP/1.1 %d x\r\nretry-after: 7\r\nlocation: /x\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(status, body.length(), body);
  }

  private static DeadLetter deadLetter(LocalTransport transport) {
    List<DeadLetter> letters = transport.platform().queues().deadLetters();
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  static QueueDelivery delivery(RawServer.Request request) {
    return QueueDelivery.read(request.body().getBytes(StandardCharsets.UTF_8));
  }

  static Outcome.Refused<?> refused(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return (Outcome.Refused<?>) outcome;
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Caller shop() {
    return new Caller(AppId.parse("acme/shop"), Environment.of("feature-x"));
  }
}

package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.send;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.internal.QueueDelivery;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.okhttp.Way;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalQueueTest {

  private static final QueueRef<Map<String, Object>> JOBS =
      QueueRef.of("jobs", new io.w7s.sdk.TypeRef<Map<String, Object>>() {});

  @ParameterizedTest
  @EnumSource
  void aSendIsABatchOfOneMessageAtTheConsumerPath(Way way) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      SendReceipt receipt = succeeded(way.make(transport, send("{\"n\": 1.50 }")));

      RawServer.Request seen = worker.requests().get(0);
      assertThat(seen.line()).isEqualTo("POST /worker/_w7s/queues/jobs HTTP/1.1");
      assertThat(seen.header("content-type")).isEqualTo("application/json");
      assertThat(seen.header("accept")).isEqualTo("application/json");
      assertThat(seen.header("x-w7s-queue")).isEqualTo("1");
      assertThat(seen.header("x-w7s-queue-caller-repository")).isEqualTo("acme/shop");
      assertThat(seen.header("x-w7s-queue-environment")).isEqualTo("feature-x");
      assertThat(seen.header("x-w7s-rpc")).isEmpty();
      assertThat(seen.header("x-mine")).isEmpty();
      assertThat(seen.body()).contains("\"body\":{\"n\": 1.50 }");
      QueueDelivery delivery = QueueDelivery.read(seen.body().getBytes(StandardCharsets.UTF_8));
      assertThat(delivery.queue()).isEqualTo("jobs");
      assertThat(delivery.queueName()).isNull();
      QueueDelivery.Message message = delivery.messages().get(0);
      assertThat(UUID.fromString(message.id()).version()).isEqualTo(4);
      assertThat(message.attempts()).isEqualTo(1);
      assertThat(message.caller()).isEqualTo(shop());
      assertThat(message.enqueuedAt()).isEqualTo(message.timestamp());
      assertThat(receipt.app()).isEqualTo(Calls.WORKER);
      assertThat(receipt.queue()).isEqualTo("jobs");
      assertThat(Duration.between(message.enqueuedAt(), receipt.enqueuedAt()))
          .isLessThan(Duration.ofMillis(1));
    }
  }

  @Test
  void theHandlerOfAnAppGetsTheMessageAndItsSender() {
    var seen = new CopyOnWriteArrayList<QueueMessage<Map<String, Object>>>();
    W7sApp app = W7sApp.builder("acme/worker").on(JOBS, seen::add).build();
    try (LocalAppServer server = LocalAppServer.start(app);
        Transport transport = Calls.transport(server.url())) {
      succeeded(Way.BLOCKING.make(transport, send("{\"name\":\"Zoë 👋\"}")));
      succeeded(Way.ASYNC.make(transport, send("{\"name\":null}")));
    }

    assertThat(seen)
        .extracting(message -> message.body().get("name"))
        .containsExactly("Zoë 👋", null);
    assertThat(seen).allSatisfy(message -> assertThat(message.caller()).hasValue(shop()));
    assertThat(seen).extracting(QueueMessage::id).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 302, 400, 404, 429, 500, 503})
  void anyAnswerBut2xxIsARefusalThatNamesConsumerAndReason(int status) throws Exception {
    String body = "{\"ok\":false,\"error\":\"not\\ntoday\"}";
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 "
                    + status
                    + " x\r\nretry-after: 7\r\nlocation: /x\r\ncontent-length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Answer.Refused<?> refused = refused(Way.BLOCKING.make(transport, send("1")));

      assertThat(refused.status()).isEqualTo(status);
      assertThat(refused.message())
          .isEqualTo(
              "consumer acme/worker at %s answered %d: not today"
                  .formatted(worker.url("/worker/_w7s/queues/jobs"), status));
      assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void aReasonThatIsNoJsonOrTooLongDoesNotGetFar() throws Exception {
    for (String body : List.of("<html>secret</html>", "", "[]", "{\"error\":{\"a\":1}}")) {
      assertThat(refusalFor(body)).endsWith("answered 500");
    }
    assertThat(refusalFor("{\"error\":\"" + "x".repeat(5000) + "\"}")).hasSizeLessThan(700);
  }

  private static String refusalFor(String body) throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 500 x\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      return refused(Way.BLOCKING.make(transport, send("1"))).message();
    }
  }

  @Test
  void aRetryAfterDateBecomesAWait() throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 503 x\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                    + "content-length: 0\r\n\r\n");
        Transport transport = Calls.transport(worker.url("/worker"))) {
      assertThat(refused(Way.BLOCKING.make(transport, send("1"))).retryAfter())
          .isEqualTo(Duration.ZERO);
    }
  }

  @Test
  void aDelayIsRefusedAndNothingIsSent() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Answer.Refused<?> refused =
          refused(Way.BLOCKING.make(transport, send("1", Duration.ofSeconds(1))));

      assertThat(refused.status()).isEqualTo(501);
      assertThat(refused.message()).contains("delay");
      assertThat(worker.connections()).isZero();
    }
  }

  @Test
  void largeBodiesOnOneConnectionAreNotHeldBack() throws Exception {
    String body = "\"" + "x".repeat(27 * 1024) + "\"";
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(Way.BLOCKING.make(transport, send(body)));

      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        succeeded(Way.BLOCKING.make(transport, send(body)));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(worker.connections()).isEqualTo(1);
      // without TCP_NODELAY each of them takes 44 ms, all of them 2.2 s; with it, some 10 ms
      assertThat(took).isLessThan(Duration.ofMillis(1500));
    }
  }

  static Answer.Refused<?> refused(Answer<?> answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    return (Answer.Refused<?>) answer;
  }

  private static Caller shop() {
    return new Caller(AppId.parse("acme/shop"), Environment.of("feature-x"));
  }
}

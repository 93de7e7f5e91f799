package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.rpc.RpcStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers whose body is read as it comes. */
@Timeout(60)
class HostedStreamTest {

  private static W7s smallAnswers(URI platform) {
    W7sConfig config = Shop.config(platform).build();
    return W7s.builder(config)
        .transport(HostedTransport.builder(config).maxResponseBytes(10).build())
        .build();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void theBodyIsReadAsItComesHoweverLargeItIs() throws Exception {
    var firstPartRead = new CountDownLatch(1);
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nx-mine: 1\r\ncontent-length: 1005\r\n\r\nfirst");
                  await(firstPartRead);
                  connection.send("x".repeat(1000));
                  connection.awaitEnd();
                });
        W7s w7s = smallAnswers(platform.url(""));
        RpcStream answer = w7s.rpc().stream(Shop.SESSION)) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers().first("x-mine")).hasValue("1");
      assertThat(text(answer.body().readNBytes(5))).isEqualTo("first");
      firstPartRead.countDown();
      assertThat(answer.body().readAllBytes()).hasSize(1000);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void theConnectionIsUsedAgainWhereTheBodyWasRead() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""));
        W7s w7s = Shop.w7s(platform.url(""))) {
      for (int i = 0; i < 3; i++) {
        try (RpcStream answer = w7s.rpc().stream(Shop.LOGIN, "ann")) {
          assertThat(text(answer.body().readAllBytes())).isEqualTo("\"ann\"");
        }
      }
      assertThat(platform.requests()).hasSize(3);
      assertThat(platform.connections()).isEqualTo(1);
    }
  }

  @Test
  void closingAResponseThatWasNotReadEndsItsConnection() throws Exception {
    var ended = new CountDownLatch(1);
    try (RawServer platform = halfAnAnswer(ended);
        W7s w7s = Shop.w7s(platform.url(""))) {
      w7s.rpc().stream(Shop.SESSION).close();

      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closingTheW7sEndsTheReading() throws Exception {
    var ended = new CountDownLatch(1);
    try (RawServer platform = halfAnAnswer(ended)) {
      W7s w7s = Shop.w7s(platform.url(""));
      try (RpcStream answer = w7s.rpc().stream(Shop.SESSION)) {
        w7s.close();

        assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void eachReadMayTakeAsLongAsAnAttempt() throws Exception {
    Duration limit = Duration.ofMillis(500);
    try (RawServer platform = halfAnAnswer(new CountDownLatch(1));
        W7s w7s = Shop.w7s(platform.url(""));
        RpcStream answer =
            w7s.rpc().with(call -> call.attemptTimeout(limit)).stream(Shop.SESSION)) {
      assertThat(text(answer.body().readNBytes(4))).isEqualTo("half");
      long start = System.nanoTime();

      assertThatThrownBy(() -> answer.body().read()).isInstanceOf(IOException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(limit, limit.multipliedBy(4));
    }
  }

  @Test
  void theTimeUntilTheHeadIsLimited() throws Exception {
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.awaitEnd();
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThatThrownBy(
              () ->
                  w7s.rpc().with(call -> call.timeout(Duration.ofMillis(200))).stream(Shop.SESSION))
          .isInstanceOf(CallTimeoutException.class);
    }
  }

  @Test
  void aTimeoutOfTheCallDoesNotCutTheBody() throws Exception {
    Duration timeout = Duration.ofMillis(300);
    var timeIsOver = new CountDownLatch(1);
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
                  await(timeIsOver);
                  connection.send("half");
                  connection.awaitEnd();
                });
        W7s w7s = Shop.w7s(platform.url(""));
        RpcStream answer =
            w7s
                .rpc()
                .with(call -> call.timeout(Duration.ofSeconds(10)).attemptTimeout(timeout))
                .stream(Shop.SESSION)) {
      assertThat(timeIsOver.await(400, TimeUnit.MILLISECONDS)).isFalse();
      timeIsOver.countDown();

      assertThat(text(answer.body().readAllBytes())).isEqualTo("halfhalf");
    }
  }

  @Test
  void aFailureOfTheTargetIsAResponseAndARefusalOfThePlatformIsNot() throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(404, "", "no order"));
        W7s w7s = Shop.w7s(platform.url(""));
        RpcStream answer = w7s.rpc().stream(Shop.SESSION)) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.ok()).isFalse();
      assertThat(text(answer.body().readAllBytes())).isEqualTo("no order");
    }
    try (RawServer platform = RawServer.answering(Shop.answer(404, "", Shop.error("no app")));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThatThrownBy(() -> w7s.rpc().stream(Shop.SESSION))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void whatCanBeRepeatedIsTriedAgain() throws Exception {
    var first = new AtomicInteger();
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  while (true) {
                    connection.request();
                    connection.send(
                        first.incrementAndGet() == 1
                            ? Shop.answer(503, "retry-after: 0\r\n", "busy")
                            : RawServer.ok("\"ann\""));
                  }
                });
        W7s w7s = Shop.w7s(platform.url(""));
        RpcStream answer = w7s.rpc().stream(Shop.SESSION)) {
      assertThat(answer.ok()).isTrue();
      assertThat(platform.requests()).hasSize(2);
      assertThat(platform.connections()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatBreaksBeforeTheHeadIsNoResponse() throws Exception {
    try (RawServer platform = RawServer.serving(RawServer.Connection::request);
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThatThrownBy(() -> w7s.rpc().stream(Shop.LOGIN, "ann"))
          .isExactlyInstanceOf(TransportException.class)
          .hasMessageContaining("may have been delivered");
    }
  }

  private static RawServer halfAnAnswer(CountDownLatch ended) {
    return RawServer.serving(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
          connection.awaitEnd();
          ended.countDown();
        });
  }
}

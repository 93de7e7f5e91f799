package io.w7s.sdk.okhttp;

import static io.w7s.sdk.okhttp.Exchanges.body;
import static io.w7s.sdk.okhttp.Exchanges.get;
import static io.w7s.sdk.okhttp.Exchanges.noResponse;
import static io.w7s.sdk.okhttp.Exchanges.post;
import static io.w7s.sdk.okhttp.Exchanges.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left on a kept connection, and whether it is used again. */
@Timeout(60)
class PooledConnectionTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int MAX = 1024 * 1024;
  private static final String SURPLUS = RawServer.ok("surplus");

  private final HandshakeCertificates tls = certificates();
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .sslSocketFactory(tls.sslSocketFactory(), tls.trustManager())
          .hostnameVerifier((host, session) -> true)
          .protocols(List.of(Protocol.HTTP_1_1))
          .build();
  private final HttpAttempts attempts = HttpAttempts.over(client, TimeSource.system(), MAX);

  private static HandshakeCertificates certificates() {
    var certificate = new HeldCertificate.Builder().addSubjectAlternativeName("w7s").build();
    return new HandshakeCertificates.Builder()
        .heldCertificate(certificate)
        .addTrustedCertificate(certificate.certificate())
        .build();
  }

  @AfterEach
  void close() {
    attempts.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private RawServer serve(boolean overTls, RawServer.Script script) {
    return overTls
        ? RawServer.serving(tls.sslContext().getServerSocketFactory(), script)
        : RawServer.serving(script);
  }

  private static URI url(RawServer server, boolean overTls) {
    return URI.create((overTls ? "https" : "http") + "://127.0.0.1:" + server.port() + "/x");
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Answers each request with its number; the first answer has something after it. */
  private static RawServer.Script numbering(String firstResponse) {
    var number = new AtomicInteger();
    return connection -> {
      while (true) {
        connection.request();
        int n = number.incrementAndGet();
        connection.send(n == 1 ? firstResponse : RawServer.ok("answer " + n));
      }
    };
  }

  static Stream<Arguments> responsesWithSurplus() {
    String chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    return Stream.of(
            RawServer.ok("answer 1") + SURPLUS,
            RawServer.ok("answer 1") + "x",
            RawServer.ok("answer 1") + "\r\n",
            RawServer.ok("answer 1") + "\n\n\n",
            RawServer.ok("answer 1") + SURPLUS.repeat(1000),
            RawServer.ok("answer 1\n") + SURPLUS,
            RawServer.ok("answer 1\r\n\r\n") + SURPLUS,
            RawServer.ok("\n\nanswer 1\n\nanswer 1\n\n") + SURPLUS,
            RawServer.ok("answer 1".repeat(5000)) + SURPLUS,
            RawServer.ok("") + SURPLUS,
            chunked + "8\r\nanswer 1\r\n0\r\n\r\n" + SURPLUS,
            chunked + "8\r\nanswer 1\r\n0\r\n\r\n" + chunked + "0\r\n\r\n",
            chunked + "8\r\nanswer 1\r\n0\r\ntrailer: 1\r\n\r\n" + SURPLUS,
            chunked + "a\r\nanswer 1\r\n\r\n0\r\n\r\n" + SURPLUS,
            chunked + "0\r\n\r\n" + SURPLUS,
            "HTTP/1.1 103 Early Hints\r\n\r\n" + RawServer.ok("answer 1") + SURPLUS,
            "HTTP/1.1 204 No Content\r\n\r\n" + SURPLUS,
            "HTTP/1.1 204 No Content\r\n\r\nanswer 1",
            "HTTP/1.1 304 Not Modified\r\n\r\n" + SURPLUS,
            "HTTP/1.1 404 x\r\ncontent-length: 8\r\n\r\nanswer 1" + SURPLUS)
        .flatMap(
            response ->
                Arrays.stream(AttemptStyle.values()).map(style -> Arguments.of(response, style)));
  }

  @ParameterizedTest
  @MethodSource("responsesWithSurplus")
  void bytesAfterAResponseEndTheConnection(String first, AttemptStyle style) throws Exception {
    try (RawServer server = serve(false, numbering(first))) {
      Outcome<RawResponse> outcome = style.make(attempts, post(server.url("/x"), "1"), TIMEOUT);
      assertThat(body(outcome)).doesNotContain("surplus");

      assertThat(body(style.make(attempts, post(server.url("/x"), "2"), TIMEOUT)))
          .isEqualTo("answer 2");
      assertThat(body(style.make(attempts, post(server.url("/x"), "3"), TIMEOUT)))
          .isEqualTo("answer 3");
      assertThat(server.requests()).hasSize(3);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aBodyAfterHeadEndsTheConnection() throws Exception {
    try (RawServer server = serve(false, numbering(RawServer.ok("answer 1")))) {
      Request head = new Request.Builder().url(server.url("/x").toString()).head().build();
      assertThat(response(attempts.execute(Exchanges.of(head), TIMEOUT)).body()).isEmpty();

      assertThat(body(attempts.execute(get(server.url("/x")), TIMEOUT))).isEqualTo("answer 2");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesThatComeLaterEndTheConnection(boolean overTls) throws Exception {
    var read = new CountDownLatch(1);
    var sent = new CountDownLatch(1);
    var number = new AtomicInteger();
    try (RawServer server =
        serve(
            overTls,
            connection -> {
              while (true) {
                connection.request();
                int n = number.incrementAndGet();
                connection.send(RawServer.ok("answer " + n));
                if (n == 1) {
                  await(read);
                  connection.send(SURPLUS);
                  sent.countDown();
                }
              }
            })) {
      URI url = url(server, overTls);
      assertThat(body(attempts.execute(post(url, "1"), TIMEOUT))).isEqualTo("answer 1");
      read.countDown();
      sent.await();

      assertThat(body(attempts.execute(post(url, "2"), TIMEOUT))).isEqualTo("answer 2");
      assertThat(server.requests()).hasSize(2);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  /** They are in OkHttp's hands before anything can look at them. */
  @Test
  void bytesInTheResponsesOwnTlsRecordAreNotTakenForAResponse() throws Exception {
    try (RawServer server = serve(true, numbering(RawServer.ok("answer 1") + SURPLUS))) {
      URI url = url(server, true);
      assertThat(body(attempts.execute(post(url, "1"), TIMEOUT))).isEqualTo("answer 1");

      var none = noResponse(attempts.execute(post(url, "2"), TIMEOUT));

      assertThat(none.mayHaveBeenDelivered()).isTrue();
      assertThat(none.message()).contains("a response was there before the request was sent");
      assertThat(body(attempts.execute(post(url, "3"), TIMEOUT))).startsWith("answer ");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionThatTheServerClosedIsNotWrittenTo(boolean overTls) throws Exception {
    var read = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    var number = new AtomicInteger();
    try (RawServer server =
        serve(
            overTls,
            connection -> {
              connection.request();
              int n = number.incrementAndGet();
              connection.send(RawServer.ok("answer " + n));
              if (n == 1) {
                await(read);
                connection.close();
                closed.countDown();
              }
              connection.awaitEnd();
            })) {
      URI url = url(server, overTls);
      assertThat(body(attempts.execute(post(url, "1"), TIMEOUT))).isEqualTo("answer 1");
      read.countDown();
      closed.await();

      assertThat(body(attempts.execute(post(url, "2"), TIMEOUT))).isEqualTo("answer 2");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aQuietConnectionIsKept(boolean overTls) throws Exception {
    String chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\na\n\nb\n\r\n0\r\n\r\n";
    List<String> responses =
        List.of(
            RawServer.ok("x".repeat(100_000)),
            chunked,
            RawServer.ok("\r\n\r\n\n\n"),
            RawServer.ok(""),
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                + RawServer.ok("hinted"),
            "HTTP/1.1 500 x\ncontent-length: 4\n\nfine");
    var number = new AtomicInteger();
    try (RawServer server =
        serve(
            overTls,
            connection -> {
              while (true) {
                connection.request();
                connection.send(responses.get(number.getAndIncrement() % responses.size()));
              }
            })) {
      URI url = url(server, overTls);
      for (AttemptStyle style : AttemptStyle.values()) {
        List<String> bodies =
            responses.stream().map(each -> body(style.make(attempts, get(url), TIMEOUT))).toList();
        assertThat(bodies)
            .containsExactly(
                "x".repeat(100_000), "a\n\nb\n", "\r\n\r\n\n\n", "", "", "", "hinted", "fine");
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResponseInSinglePiecesIsReadWhole(AttemptStyle style) throws Exception {
    String responses =
        "HTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n\n\r\n\n\r\n0\r\n\r\n";
    try (RawServer server =
        RawServer.serving(
            connection -> {
              while (true) {
                connection.request();
                for (int i = 0; i < responses.length(); i++) {
                  connection.send(responses.substring(i, i + 1));
                }
              }
            })) {
      for (int i = 0; i < 3; i++) {
        assertThat(body(style.make(attempts, get(server.url("/x")), TIMEOUT)))
            .isEqualTo("\n\r\n\n");
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyThatLastsAsLongAsTheConnectionIsReadWhole() throws Exception {
    try (RawServer server =
        RawServer.serving(
            connection -> {
              connection.request();
              connection.send("HTTP/1.1 200 OK\r\n\r\n" + "\r\n\r\nx\n".repeat(5000));
            })) {
      assertThat(body(attempts.execute(get(server.url("/x")), TIMEOUT)))
          .isEqualTo("\r\n\r\nx\n".repeat(5000));
    }
  }
}

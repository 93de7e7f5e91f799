package io.w7s.sdk.okhttp;

import static io.w7s.sdk.okhttp.Exchanges.body;
import static io.w7s.sdk.okhttp.Exchanges.get;
import static io.w7s.sdk.okhttp.Exchanges.noResponse;
import static io.w7s.sdk.okhttp.Exchanges.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Responses that are not HTTP, or that OkHttp does not take for HTTP. */
@Timeout(60)
class InvalidResponseTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int MAX = 1024;

  private final OkHttpClient client = new OkHttpClient();
  private final HttpAttempts attempts = HttpAttempts.over(client, TimeSource.system(), MAX);

  @AfterEach
  void close() {
    attempts.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private static Stream<Arguments> inEachStyle(Stream<String> responses) {
    return responses.flatMap(
        response ->
            Arrays.stream(AttemptStyle.values()).map(style -> Arguments.of(response, style)));
  }

  /** After these it is not known where a response ends, so the connection cannot be kept. */
  static Stream<Arguments> responsesWithoutAnEnd() {
    String ok = "HTTP/1.1 200 OK\r\n";
    String chunked = ok + "transfer-encoding: chunked\r\n\r\n";
    return inEachStyle(
        Stream.of(
            ok + "content-length: -5\r\n\r\nhello",
            ok + "content-length: -1\r\n\r\nhello",
            ok + "content-length: -9223372036854775808\r\n\r\nhello",
            ok + "content-length: +5\r\n\r\nhello",
            ok + "content-length: 5, 5\r\n\r\nhello",
            ok + "content-length: 5\r\ncontent-length: 6\r\n\r\nhello",
            ok + "content-length: 0x5\r\n\r\nhello",
            ok + "content-length: 5.0\r\n\r\nhello",
            ok + "content-length: \u0665\r\n\r\nhello",
            ok + "content-length: \r\n\r\nhello",
            ok + "content-length: 99999999999999999999999\r\n\r\nhello",
            ok + "content-length: -5\r\ncontent-encoding: gzip\r\n\r\nhello",
            ok + "transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 404 x\r\ncontent-length: -5\r\n\r\nhello",
            "HTTP/1.1 503 x\r\ncontent-length: -5\r\nretry-after: 0\r\n\r\nhello",
            chunked + "-5\r\nhello\r\n0\r\n\r\n",
            chunked + "+5\r\nhello\r\n0\r\n\r\n",
            chunked + "five\r\nhello\r\n0\r\n\r\n",
            chunked + "\r\n",
            chunked + "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            chunked + "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 -12 OK\r\ncontent-length: 2\r\n\r\nhi",
            "HTTP/1.1 099 OK\r\ncontent-length: 2\r\n\r\nhi",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            "HTTP/1.1 2000 OK\r\ncontent-length: 2\r\n\r\nhi",
            "HTTP/1.1 OK\r\n\r\n",
            "HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\nhi",
            "SSH-2.0-OpenSSH_9.6\r\n\r\n",
            "\r\n\r\n",
            "\0\0\0\0\r\n\r\n",
            ok + "x: " + "y".repeat(300_000) + "\r\ncontent-length: 2\r\n\r\nhi"));
  }

  static Stream<Arguments> otherInvalidResponses() {
    String ok = "HTTP/1.1 200 OK\r\n";
    return inEachStyle(
        Stream.of(
            ok + "content-length: 9\r\ncontent-encoding: gzip\r\n\r\nplaintext",
            ok + "bad name: x\r\ncontent-length: 2\r\n\r\nhi",
            ok + "x: a\0b\r\ncontent-length: 2\r\n\r\nhi"));
  }

  /** The server keeps the connection open: to wait for its end would last until the timeout. */
  @ParameterizedTest
  @MethodSource({"responsesWithoutAnEnd", "otherInvalidResponses"})
  void takesAnInvalidResponseForNone(String text, AttemptStyle style) throws Exception {
    try (RawServer server = RawServer.answering(text)) {
      NoResponse<?> none =
          noResponse(style.make(attempts, get(server.url("/x")), Duration.ofSeconds(5)));

      assertThat(none.failure()).isEqualTo(Failure.BROKEN);
      assertThat(none.mayHaveBeenDelivered()).isTrue();
      assertThat(none.cause()).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("responsesWithoutAnEnd")
  void givesUpTheConnectionAfterAnInvalidResponse(String text, AttemptStyle style)
      throws Exception {
    var first = new AtomicBoolean(true);
    try (RawServer server =
        RawServer.serving(
            connection -> {
              while (true) {
                connection.request();
                connection.send(first.getAndSet(false) ? text : RawServer.ok("good"));
              }
            })) {
      noResponse(style.make(attempts, get(server.url("/x")), TIMEOUT));

      assertThat(body(style.make(attempts, get(server.url("/x")), TIMEOUT))).isEqualTo("good");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  static Stream<Arguments> truncatedResponses() {
    return inEachStyle(
        Stream.of(
            "",
            "HTTP/1.1 200 OK\r\ncontent-len",
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhell",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7fffffffffffffff\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"));
  }

  @ParameterizedTest
  @MethodSource("truncatedResponses")
  void hasNoResponseWhereTheConnectionEndsTooEarly(String text, AttemptStyle style)
      throws Exception {
    try (RawServer server =
        RawServer.serving(
            connection -> {
              connection.request();
              connection.send(text);
            })) {
      assertThat(noResponse(style.make(attempts, get(server.url("/x")), TIMEOUT)).failure())
          .isEqualTo(Failure.BROKEN);
    }
  }

  static Stream<Arguments> responsesWithoutABody() {
    return inEachStyle(
        Stream.of(
            "204 x",
            "204 x\r\ncontent-length: 0",
            "204 x\r\ncontent-length: 5",
            "204 x\r\ncontent-length: -5",
            "204 x\r\ncontent-length: 99999999999999999999999",
            "204 x\r\ntransfer-encoding: chunked",
            "204 x\r\ncontent-encoding: gzip\r\ncontent-length: 5",
            "205 x\r\ncontent-length: 0",
            "205 x\r\ncontent-length: 5",
            "304 x",
            "304 x\r\ncontent-length: 0",
            "304 x\r\ncontent-length: 5",
            "304 x\r\ncontent-length: -5",
            "304 x\r\ntransfer-encoding: chunked",
            "304 x\r\ncontent-encoding: gzip\r\ncontent-length: 5",
            "200 x\r\ncontent-length: 0\r\ncontent-encoding: gzip",
            "404 x\r\ncontent-length: 0\r\ncontent-encoding: gzip"));
  }

  /** The head says that the work was done; the body that it announces never comes. */
  @ParameterizedTest
  @MethodSource("responsesWithoutABody")
  void takesAnEmptyBodyForWhatItIs(String head, AttemptStyle style) throws Exception {
    try (RawServer server = RawServer.answering("HTTP/1.1 " + head + "\r\nx-mine: 1\r\n\r\n")) {
      for (int i = 0; i < 2; i++) {
        RawResponse response =
            response(style.make(attempts, get(server.url("/x")), Duration.ofSeconds(5)));

        assertThat(response.status()).isEqualTo(Integer.parseInt(head.substring(0, 3)));
        assertThat(response.headers().first("x-mine")).hasValue("1");
        assertThat(response.body()).isEmpty();
      }
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnEmptyChunkedBodyForGzip(AttemptStyle style) throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n"
                + "0\r\n\r\n")) {
      assertThat(body(style.make(attempts, get(server.url("/x")), TIMEOUT))).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsGzip(AttemptStyle style) throws Exception {
    byte[] zipped = gzip("zipped");
    try (RawServer server =
        RawServer.serving(
            connection -> {
              connection.request();
              connection.send(
                  "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: "
                      + zipped.length
                      + "\r\n\r\n");
              connection.send(zipped);
              connection.awaitEnd();
            })) {
      RawResponse response = response(style.make(attempts, get(server.url("/x")), TIMEOUT));

      assertThat(response.body()).isEqualTo("zipped".getBytes(StandardCharsets.UTF_8));
      assertThat(response.headers().has("content-encoding")).isFalse();
      assertThat(server.requests().get(0).header("accept-encoding")).isEqualTo("gzip");
    }
  }

  @Test
  void leavesGzipAloneWhereTheCallerAskedForEncodingOrRange() throws Exception {
    for (String header : new String[] {"accept-encoding", "range"}) {
      try (RawServer server =
          RawServer.answering(
              "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nzip")) {
        Request request =
            new Request.Builder().url(server.url("/x").toString()).header(header, "x").build();

        assertThat(body(attempts.execute(Exchanges.of(request), TIMEOUT))).isEqualTo("zip");
      }
    }
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void completesTheFutureWithWhateverIsThrown() throws Exception {
    try (RawServer server = RawServer.answering(RawServer.ok("x"))) {
      for (Throwable thrown :
          new Throwable[] {new IllegalStateException("defect"), new AssertionError("error")}) {
        Exchange<RawResponse> good = get(server.url("/x"));
        var broken =
            new Exchange<RawResponse>(
                good.operation(),
                good.http(),
                "acme/worker",
                response -> {
                  throw sneaky(thrown);
                });

        CompletableFuture<?> future = attempts.executeAsync(broken, TIMEOUT);

        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCause(thrown);
        assertThat(body(attempts.executeAsync(good, TIMEOUT).get())).isEqualTo("x");
      }
    }
  }

  @SuppressWarnings("unchecked") // the cast is erased, so that anything can be thrown
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @ParameterizedTest
  @EnumSource
  void reportsWhatTheClientsPartsThrowAsNotDelivered(AttemptStyle style) {
    Dns broken =
        host -> {
          throw new IllegalStateException("no such table");
        };
    OkHttpClient theirs = client.newBuilder().dns(broken).build();
    try (HttpAttempts over = HttpAttempts.over(theirs, TimeSource.system(), MAX)) {
      NoResponse<?> none = noResponse(style.make(over, get("http://w7s.example/x"), TIMEOUT));

      assertThat(none.mayHaveBeenDelivered()).isFalse();
      assertThat(none.message()).contains("no such table");
    }
  }
}

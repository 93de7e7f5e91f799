package io.w7s.sdk.okhttp;

import static io.w7s.sdk.okhttp.Exchanges.get;
import static io.w7s.sdk.okhttp.Exchanges.noResponse;
import static io.w7s.sdk.okhttp.Exchanges.post;
import static io.w7s.sdk.okhttp.Exchanges.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an HTTP/2 server says of a request that it does not answer. */
@Timeout(60)
class Http2RefusalTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final int PREFACE = 24;
  private static final int FRAME_HEAD = 9;
  private static final byte HEADERS = 1;
  private static final byte RST_STREAM = 3;
  private static final byte SETTINGS = 4;
  private static final byte GOAWAY = 7;
  private static final byte END_OF_STREAM_AND_HEADERS = 5;

  private static final int NO_ERROR = 0;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;

  private final OkHttpClient client =
      new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
  private final HttpAttempts attempts = HttpAttempts.over(client, TimeSource.system(), 1024);

  @AfterEach
  void close() {
    attempts.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  /** What the server does when the head of a request is there. */
  private interface Reaction {
    void to(int stream, RawServer.Connection connection) throws IOException;
  }

  private static RawServer http2(Reaction reaction) {
    return RawServer.serving(
        connection -> {
          connection.read(PREFACE);
          send(connection, SETTINGS, (byte) 0, 0);
          while (true) {
            ByteBuffer head = ByteBuffer.wrap(connection.read(FRAME_HEAD));
            int length = (head.get() & 0xff) << 16 | (head.getShort() & 0xffff);
            byte type = head.get();
            head.get();
            int stream = head.getInt();
            connection.read(length);
            if (type == HEADERS) {
              reaction.to(stream, connection);
            }
          }
        });
  }

  private static void send(
      RawServer.Connection connection, byte type, byte flags, int stream, int... payload)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + 4 * payload.length);
    frame.put((byte) 0).putShort((short) (4 * payload.length)).put(type).put(flags);
    frame.putInt(stream);
    for (int value : payload) {
      frame.putInt(value);
    }
    connection.send(frame.array());
  }

  private static Reaction reset(int code) {
    return (stream, connection) -> send(connection, RST_STREAM, (byte) 0, stream, code);
  }

  private static void answer(int stream, RawServer.Connection connection) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + 1);
    frame.put((byte) 0).putShort((short) 1).put(HEADERS).put(END_OF_STREAM_AND_HEADERS);
    frame.putInt(stream).put((byte) 0x88); // :status 200
    connection.send(frame.array());
  }

  private static Outcome<RawResponse> make(
      AttemptStyle style, HttpAttempts attempts, String method, RawServer server) {
    Exchange<RawResponse> exchange =
        method.equals("GET") ? get(server.url("/x")) : post(server.url("/x"), "{}");
    return style.make(attempts, exchange, TIMEOUT);
  }

  private static Stream<Arguments> inEachStyle(Stream<Reaction> reactions) {
    return reactions.flatMap(
        reaction ->
            Stream.of(AttemptStyle.values())
                .flatMap(
                    style ->
                        Stream.of("GET", "POST")
                            .map(method -> Arguments.of(reaction, style, method))));
  }

  static Stream<Arguments> refusals() {
    return inEachStyle(
        Stream.of(
            reset(REFUSED_STREAM),
            (stream, connection) -> send(connection, GOAWAY, (byte) 0, 0, 0, NO_ERROR),
            (stream, connection) -> send(connection, GOAWAY, (byte) 0, 0, 0, INTERNAL_ERROR)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aStreamThatTheServerRefusedWasNotDelivered(
      Reaction refusal, AttemptStyle style, String method) throws Exception {
    var requests = new AtomicInteger();
    try (RawServer server =
        http2(
            (stream, connection) -> {
              requests.incrementAndGet();
              refusal.to(stream, connection);
            })) {
      assertThat(noResponse(make(style, attempts, method, server)).mayHaveBeenDelivered())
          .isFalse();
      assertThat(requests).hasValue(1);
    }
  }

  static Stream<Arguments> failures() {
    return inEachStyle(
        Stream.of(
            reset(CANCEL),
            reset(INTERNAL_ERROR),
            reset(NO_ERROR),
            (stream, connection) -> connection.close(),
            (stream, connection) -> {
              send(connection, GOAWAY, (byte) 0, 0, stream, NO_ERROR);
              connection.close();
            }));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anyOtherFailureMayHaveBeenDelivered(Reaction failure, AttemptStyle style, String method)
      throws Exception {
    var requests = new AtomicInteger();
    try (RawServer server =
        http2(
            (stream, connection) -> {
              requests.incrementAndGet();
              failure.to(stream, connection);
            })) {
      assertThat(noResponse(make(style, attempts, method, server)).mayHaveBeenDelivered()).isTrue();
      assertThat(requests).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatTheServerEndsIsNotUsedAgain(AttemptStyle style) throws Exception {
    try (RawServer server =
        http2(
            (stream, connection) -> {
              send(connection, GOAWAY, (byte) 0, 0, stream, NO_ERROR);
              answer(stream, connection);
            })) {
      for (int i = 1; i <= 3; i++) {
        assertThat(response(make(style, attempts, "POST", server)).status()).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(i);
      }
    }
  }
}

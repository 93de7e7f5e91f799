package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostedRpcTest {

  @Test
  void theProviderIsFoundAsAServiceAndServesModeHosted() {
    assertThat(ServiceLoader.load(TransportProvider.class)) // the testing kit brings another
        .filteredOn(provider -> provider.mode() == W7sConfig.Mode.HOSTED)
        .singleElement()
        .isInstanceOf(HostedTransportProvider.class);
  }

  @Test
  void theTargetGetsMethodPathQueryHeadersAndBodyAndThePlatformTheTokenForRpc() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("\"done\""));
        W7s w7s = Shop.w7s(platform.url(""))) {
      String answer =
          w7s.rpc()
              .call(
                  Shop.LOGIN,
                  "Zoë",
                  call ->
                      call.query("x", "a b")
                          .query("x", "ü")
                          .header("cookie", "sid=1")
                          .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b-01"));

      assertThat(answer).isEqualTo("done");
      RawServer.Request seen = platform.requests().get(0);
      assertThat(seen.line())
          .isEqualTo("POST /api/v1/rpc/acme/worker/login?x=a%20b&x=%C3%BC HTTP/1.1");
      assertThat(seen.body()).isEqualTo("\"Zoë\"");
      assertThat(seen.header("authorization")).isEqualTo("Bearer rpc-token");
      assertThat(seen.header("cookie")).isEqualTo("sid=1");
      assertThat(seen.header("traceparent"))
          .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b-01");
      assertThat(seen.header("content-type")).isEqualTo("application/json");
      assertThat(seen.header("user-agent")).startsWith("w7s-sdk-java/");
      assertThat(seen.header("x-w7s-rpc")).as("the platform says who calls").isEmpty();
    }
  }

  @Test
  void aStreamThatCannotBeReadIsToldWithItsCause() throws Exception {
    RpcRef<RawBody, Void> upload =
        AppRef.of("acme/worker").post("/upload", RawBody.class, Void.class);
    var lost = new IOException("the disk is gone");
    RawBody body =
        RawBody.from(
            "a/b",
            () -> {
              throw lost;
            });
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        W7s w7s = Shop.w7s(platform.url(""))) {
      for (CompletableFuture<?> call :
          List.of(
              CompletableFuture.supplyAsync(() -> w7s.rpc().call(upload, body)),
              w7s.rpc().callAsync(upload, body))) {
        assertThatThrownBy(call::join)
            .cause()
            .isExactlyInstanceOf(TransportException.class)
            .hasMessageContaining("the body of the request to")
            .hasMessageContaining("could not be read: java.io.IOException: the disk is gone")
            .hasRootCause(lost);
      }
    }
  }

  /** The paths of the platform's recordings of RPC, and what else a URL may hold. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/session",
        "",
        "/",
        "/a/b/",
        "//a///b",
        "/files/a%2Fb",
        "/ac%20me",
        "/%e4%BD%A0",
        "/a;b=1,2",
        "/a:b@c",
        "/-._~!$&'()*+=",
        "/%7Bx%7D",
        "/%00"
      })
  void aPathArrivesAsItWasGiven(String path) throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        Transport transport = Shop.transport(platform.url(""))) {
      CallStyle.BLOCKING.make(transport, Shop.rpc("GET", path, null));

      assertThat(platform.requests().get(0).line())
          .isEqualTo("GET /api/v1/rpc/acme/worker" + path + " HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/../b", "/../../queues/acme/worker/jobs", "/.%2e", "/a\\b", "/a b"})
  void aPathThatAnHttpClientWouldChangeIsRefused(String path) throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        Transport transport = Shop.transport(platform.url(""))) {
      Outcome<RawResponse> answer = CallStyle.BLOCKING.make(transport, Shop.rpc("GET", path, null));

      assertThat(answer).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused<?>) answer).status()).isEqualTo(501);
      assertThat(platform.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void aBodyThatHttpHasNoPlaceForIsRefused(String method) throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        Transport transport = Shop.transport(platform.url(""))) {
      Outcome<RawResponse> answer =
          CallStyle.BLOCKING.make(transport, Shop.rpc(method, "/x", new byte[1]));

      assertThat(answer)
          .isEqualTo(Outcome.refused(501, "a " + method + " with a body cannot be sent"));
      assertThat(platform.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Authorization", "connection", "host", "te", "Upgrade", "x-w7s-rpc-caller-owner"})
  void headersOfThePlatformAndTheConnectionAreRefusedToTheCaller(String name) throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThatThrownBy(() -> w7s.rpc().with(call -> call.header(name, "x")).call(Shop.SESSION))
          .isInstanceOf(InvalidInputException.class);
      assertThat(platform.requests()).isEmpty();
    }
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(400, StatusException.class),
        Arguments.of(401, UnauthenticatedException.class),
        Arguments.of(403, ForbiddenException.class),
        Arguments.of(404, NotFoundException.class),
        Arguments.of(413, PayloadTooLargeException.class),
        Arguments.of(429, LimitExceededException.class));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void thePlatformsRefusalIsToldByStatusAndShapeWhateverTheContentType(
      int status, Class<? extends StatusException> type) throws Exception {
    for (String contentType : new String[] {"application/json", "text/plain"}) {
      try (RawServer platform =
              RawServer.answering(
                  Shop.answer(
                      status, "content-type: " + contentType + "\r\n", Shop.error("because")));
          W7s w7s = Shop.w7s(platform.url(""))) {
        StatusException refused =
            catchThrowableOfType(
                StatusException.class,
                () ->
                    w7s.rpc().with(call -> call.retry(RetryPolicy.none())).exchange(Shop.SESSION));

        assertThat(refused).isExactlyInstanceOf(type);
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.platformMessage()).isEqualTo("because");
        assertThat(refused.target()).isEqualTo("acme/worker/session");
      }
    }
  }

  static Stream<Arguments> failuresOfTheTarget() {
    return Stream.of(
        Arguments.of(404, "nope"),
        Arguments.of(404, "<html>not here</html>"),
        Arguments.of(400, "{\"ok\":false,\"error\":\"bad order\"}"),
        Arguments.of(401, "{\"error\":\"who are you\"}"),
        Arguments.of(500, "{\"error\":\"boom\"}"),
        Arguments.of(502, "kaput"),
        // the platform's shape, but no status of the platform
        Arguments.of(409, "{\"status\":\"error\",\"error\":\"taken\"}"),
        Arguments.of(500, "{\"status\":\"error\",\"error\":\"boom\"}"));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheTarget")
  void anyOtherResponseIsTheTargetsOwn(int status, String body) throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(status, "x-mine: 1\r\n", body));
        W7s w7s = Shop.w7s(platform.url(""))) {
      var rpc = w7s.rpc().with(call -> call.retry(RetryPolicy.none()));

      RpcFailedException failed =
          catchThrowableOfType(RpcFailedException.class, () -> rpc.call(Shop.SESSION));
      RpcResponse<String> response = rpc.exchange(Shop.SESSION);

      assertThat(failed.status()).isEqualTo(status);
      assertThat(failed.headers().first("x-mine")).hasValue("1");
      assertThat(failed.body()).isEqualTo(body);
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.text()).isEqualTo(body);
    }
  }

  @Test
  void aSuccessInTheShapeOfARefusalIsASuccess() throws Exception {
    try (RawServer platform =
            RawServer.answering(RawServer.ok("{\"status\":\"error\",\"error\":\"x\"}"));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(w7s.rpc().exchange(Shop.SESSION).ok()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRedirectIsAResponseAndIsNotFollowed(CallStyle way) throws Exception {
    try (RawServer platform =
            RawServer.answering(Shop.answer(302, "location: /api/v1/rpc/x/y/z\r\n", ""));
        Transport transport = Shop.transport(platform.url(""))) {
      Outcome<RawResponse> answer = way.make(transport, Shop.rpc("GET", "/x", null));

      assertThat(((Outcome.Success<RawResponse>) answer).result().status()).isEqualTo(302);
      assertThat(platform.requests()).hasSize(1);
    }
  }

  @Test
  void bytesOfAnyKindPassThrough() throws Exception {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\ncontent-length: 256\r\n\r\n");
                  connection.send(bytes);
                });
        Transport transport = Shop.transport(platform.url(""))) {
      Outcome<RawResponse> answer =
          CallStyle.BLOCKING.make(transport, Shop.rpc("PUT", "/x", bytes));

      assertThat(((Outcome.Success<RawResponse>) answer).result().body()).isEqualTo(bytes);
      assertThat(platform.requests().get(0).bytes()).isEqualTo(bytes);
    }
  }

  @Test
  void aMissingTokenIsNamedBeforeAnythingIsSent() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        Transport transport =
            HostedTransport.builder(
                    W7sConfig.builder()
                        .mode(W7sConfig.Mode.LOCAL)
                        .app("acme/shop")
                        .url(platform.url(""))
                        .token(Token.QUEUE, "queue-token")
                        .build())
                .build()) {
      assertThatThrownBy(() -> CallStyle.BLOCKING.make(transport, Shop.rpc("GET", "/x", null)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.token.rpc")
          .hasMessageContaining("W7S_RPC_TOKEN");
      assertThat(platform.requests()).isEmpty();
    }
  }

  @Test
  void theBaseUrlMayHaveAPath() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""));
        W7s w7s = Shop.w7s(platform.url("/relay/"))) {
      assertThat(w7s.rpc().call(Shop.SESSION)).isEqualTo("ann");
      assertThat(platform.requests().get(0).line())
          .isEqualTo("GET /relay/api/v1/rpc/acme/worker/session HTTP/1.1");
    }
  }
}

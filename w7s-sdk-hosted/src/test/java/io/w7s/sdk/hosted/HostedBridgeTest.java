package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.testing.Canary;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls through a bridge: what is sent, and what its marks on responses mean. */
@Timeout(60)
class HostedBridgeTest {

  private static final String SECRET = SigningSecrets.generate();
  private static final String RELAYED = "x-w7s-bridge: relayed\r\n";
  private static final RpcRef<RawBody, Void> UPLOAD =
      AppRef.of("acme/worker").post("/upload", RawBody.class, Void.class);

  private static W7sConfig config(URI bridge) {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.HOSTED)
        .app("acme/shop")
        .bridgeUrl(bridge)
        .bridgeSecrets(SigningSecrets.of(SECRET))
        .build();
  }

  private static W7s w7s(URI bridge) {
    return W7s.of(config(bridge));
  }

  @Test
  void aCallGoesToTheBridgeWithASignatureAndWithoutAToken() throws Exception {
    try (RawServer bridge = RawServer.answering(Shop.answer(200, RELAYED, Shop.sent()));
        W7s w7s = w7s(bridge.url("/shop"))) {
      w7s.queues().send(Shop.JOBS, Shop.JOB);

      RawServer.Request request = bridge.requests().get(0);
      assertThat(request.line())
          .isEqualTo("POST /shop/_w7s/bridge/api/v1/queues/acme/worker/jobs HTTP/1.1");
      assertThat(request.header("x-w7s-kind")).isEqualTo("call");
      assertThat(request.header("x-w7s-signature")).matches("v1,[A-Za-z0-9+/]{43}=");
      assertThat(request.header("x-w7s-signature-id")).matches("[A-Za-z0-9_-]{16,64}");
      assertThat(request.header("x-w7s-signature-time")).matches("[0-9]{10}");
      assertThat(request.head().toLowerCase(Locale.ROOT)).doesNotContain("authorization");
    }
  }

  @Test
  void eachAttemptHasASignatureOfItsOwn() throws Exception {
    String busy = Shop.answer(429, RELAYED + "retry-after: 0\r\n", Shop.error("too many requests"));
    try (RawServer bridge = RawServer.answering(busy);
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(
              () ->
                  w7s.queues()
                      .send(
                          Shop.JOBS,
                          Shop.JOB,
                          send -> send.retry(RetryPolicy.standard().maxAttempts(3))))
          .isInstanceOf(StatusException.class);

      List<String> ids =
          bridge.requests().stream().map(each -> each.header("x-w7s-signature-id")).toList();
      assertThat(ids).hasSize(3).doesNotHaveDuplicates();
    }
  }

  @Test
  void aClientOfYourOwnSignsToo() throws Exception {
    var own = new OkHttpClient();
    try (RawServer bridge = RawServer.answering(Shop.answer(200, RELAYED, "\"ok\""))) {
      W7sConfig config = config(bridge.url(""));
      try (W7s w7s =
          W7s.builder(config)
              .transport(HostedTransport.builder(config).client(own).build())
              .build()) {
        assertThat(w7s.rpc().call(Shop.SESSION)).isEqualTo("ok");
      }
      assertThat(bridge.requests().get(0).header("x-w7s-signature")).startsWith("v1,");
      assertThat(own.interceptors()).isEmpty();
    }
  }

  @Test
  void aRelayedResponseIsReadAsThePlatforms() throws Exception {
    try (RawServer bridge =
            RawServer.answering(Shop.answer(404, RELAYED, Shop.error("no such queue")));
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("no such queue")
          .hasMessageNotContaining("bridge");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, StatusException",
    "401, UnauthenticatedException",
    "404, NotFoundException",
    "413, PayloadTooLargeException",
    "503, StatusException"
  })
  void aRefusalOfTheBridgeSaysThatItIsItsOwn(int status, String type) throws Exception {
    String refusal = "{\"ok\":false,\"error\":\"the reason\"}";
    try (RawServer bridge =
            RawServer.answering(Shop.answer(status, "x-w7s-bridge: refused\r\n", refusal));
        W7s w7s = w7s(bridge.url(""))) {
      for (Throwable failure :
          List.of(
              catchThrowable(
                  () ->
                      w7s.queues()
                          .send(Shop.JOBS, Shop.JOB, send -> send.retry(RetryPolicy.none()))),
              catchThrowable(
                  () -> w7s.rpc().with(c -> c.retry(RetryPolicy.none())).call(Shop.SESSION)))) {
        assertThat(failure).isInstanceOf(StatusException.class);
        assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
        assertThat(((StatusException) failure).status()).isEqualTo(status);
        assertThat(failure)
            .hasMessageContaining("the bridge at " + bridge.url("/_w7s/bridge/api/v1/"))
            .hasMessageContaining(" refused the call: the reason");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"401", "502", "504"})
  void afterAFailureOfTheBridgeDeliveryIsUnknown(int status) throws Exception {
    String failed = "{\"ok\":false,\"error\":\"the reason\"}";
    try (RawServer bridge =
            RawServer.answering(Shop.answer(status, "x-w7s-bridge: failed\r\n", failed));
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
          .isInstanceOfSatisfying(
              TransportException.class,
              failure -> assertThat(failure.mayHaveBeenDelivered()).isTrue())
          .hasMessageContaining("the bridge at ")
          .hasMessageContaining(
              " failed with " + status + " while it passed on the call: the reason");
      assertThat(bridge.requests()).as("not retried, as it may be there").hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 502})
  void aResponseWithoutTheMarkIsOfSomethingInBetween(int status) throws Exception {
    try (RawServer bridge = RawServer.answering(Shop.answer(status, "", Shop.error("other")));
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))
          .isInstanceOfSatisfying(
              TransportException.class,
              failure -> assertThat(failure.mayHaveBeenDelivered()).isTrue())
          .hasMessageContaining("something in between or instead of it")
          .hasMessageContaining("with " + status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a//b", "/a%2Fb", "/a%5cb"})
  void aPathThatTheBridgeWouldRefuseIsNotSent(String path) throws Exception {
    try (RawServer bridge = RawServer.answering(Shop.answer(200, RELAYED, "\"ok\""));
        HostedTransport transport = HostedTransport.builder(config(bridge.url(""))).build()) {
      for (CallStyle style : CallStyle.values()) {
        Outcome<?> outcome =
            style.make(transport, Shop.rpc("GET", path, null), Duration.ofSeconds(20));

        assertThat(outcome)
            .isInstanceOfSatisfying(
                Outcome.Refused.class,
                refused -> {
                  assertThat(refused.status()).isEqualTo(400);
                  assertThat(refused.message()).startsWith("not sent to the bridge at ");
                  assertThat(refused.message()).contains("the request target is ambiguous");
                });
      }
      assertThat(bridge.requests()).isEmpty();
    }
  }

  @Test
  void aStreamThatIsTooLongForADigestIsNotSent() throws Exception {
    try (RawServer bridge = RawServer.answering(Shop.answer(200, RELAYED, ""));
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(
              () -> w7s.rpc().call(UPLOAD, RawBody.from("a/b", HostedBridgeTest::endless)))
          .isInstanceOf(PayloadTooLargeException.class)
          .hasMessageContaining("not sent to the bridge")
          .hasMessageContaining("10485760 bytes");
      assertThat(bridge.requests()).isEmpty();
    }
  }

  @Test
  void aStreamWithoutAMarkIsOfSomethingInBetween() throws Exception {
    try (RawServer bridge =
            RawServer.answering(
                Shop.answer(200, "content-type: text/html\r\n", "<html>log in</html>"));
        W7s w7s = w7s(bridge.url(""))) {
      assertThatThrownBy(() -> w7s.rpc().stream(Shop.SESSION))
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("such as a proxy or, if w7s.bridge.url")
          .hasMessageContaining("is wrong, another site, with 200");
    }
  }

  private static InputStream endless() {
    return new InputStream() {
      @Override
      public int read() {
        return 'x';
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        return length;
      }
    };
  }

  /** The key has a text of the canary in it, which is found in Base64 and in other encodings. */
  @ParameterizedTest
  @ValueSource(strings = {"relayed", "refused", "failed", "none"})
  void noExceptionAndNoLineOfTheLogShowsTheSecret(String mark) throws Exception {
    String error = "{\"ok\":false,\"error\":\"no\"}";
    try (Canary canary = Canary.watchingTheLog();
        RawServer bridge =
            RawServer.answering(Shop.answer(502, "x-w7s-bridge: " + mark + "\r\n", error))) {
      W7sConfig config =
          W7sConfig.builder()
              .mode(W7sConfig.Mode.HOSTED)
              .app("acme/shop")
              .bridgeUrl(bridge.url(""))
              .bridgeSecrets(
                  SigningSecrets.of(secret(canary, "secret"))
                      .withPrevious(secret(canary, "previous"), Instant.MAX))
              .build();
      try (W7s w7s = W7s.of(config);
          Bridge stores = Bridge.of(config)) {
        Throwable send = catchThrowable(() -> w7s.queues().send(Shop.JOBS, Shop.JOB));
        Throwable call =
            catchThrowable(() -> stores.call("GET", "/kv/CACHE", "key=a", new byte[0]));
        assertThat(send).isInstanceOf(CallException.class);

        canary.assertKept(send, call, config, config.bridgeSecrets(), w7s, stores);
      }
      canary.assertKept(bridge.requests().stream().map(RawServer.Request::head).toArray());
    }
  }

  private static String secret(Canary canary, String slot) {
    byte[] key = Arrays.copyOf(canary.secret(slot).getBytes(StandardCharsets.US_ASCII), 32);
    return "whsec_" + Base64.getEncoder().encodeToString(key);
  }
}

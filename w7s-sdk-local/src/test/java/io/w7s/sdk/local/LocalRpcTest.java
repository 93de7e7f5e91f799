package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.WORKER;
import static io.w7s.sdk.local.Calls.get;
import static io.w7s.sdk.local.Calls.post;
import static io.w7s.sdk.local.Calls.rpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalRpcTest {

  @Test
  void findsTheProviderOfModeLocal() {
    assertThat(ServiceLoader.load(io.w7s.sdk.spi.TransportProvider.class))
        .filteredOn(provider -> provider.mode() == W7sConfig.Mode.LOCAL)
        .singleElement()
        .isInstanceOf(LocalTransportProvider.class);
  }

  @ParameterizedTest
  @EnumSource
  void sendsTheWholeCallAndItsCaller(CallStyle style) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok("{\"ok\":true}"));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Headers headers =
          Headers.of("content-type", "application/json")
              .with("x-trace", "grüße 👋")
              .plus("accept", "application/json")
              .plus("accept", "text/plain");
      byte[] body = "{\"name\":\"Zoë 👩‍🚀\"}".getBytes(StandardCharsets.UTF_8);

      Outcome<RawResponse> outcome =
          style.make(transport, rpc("POST", "/orders/ord_1", "a=1&b=%C3%BC", headers, body));

      assertThat(succeeded(outcome).status()).isEqualTo(200);
      RawServer.Request seen = worker.requests().get(0);
      assertThat(seen.line()).isEqualTo("POST /worker/orders/ord_1?a=1&b=%C3%BC HTTP/1.1");
      assertThat(seen.body()).isEqualTo("{\"name\":\"Zoë 👩‍🚀\"}");
      assertThat(seen.header("content-type")).isEqualTo("application/json");
      assertThat(seen.header("accept")).isEqualTo("application/json | text/plain");
      assertThat(utf8(seen.header("x-trace"))).isEqualTo("grüße 👋");
      assertThat(seen.header("x-w7s-rpc")).isEqualTo("1");
      assertThat(seen.header("x-w7s-rpc-caller-owner")).isEqualTo("acme");
      assertThat(seen.header("x-w7s-rpc-caller-repo")).isEqualTo("shop");
      assertThat(seen.header("x-w7s-rpc-caller-repository")).isEqualTo("acme/shop");
      assertThat(seen.header("x-w7s-rpc-caller-environment")).isEqualTo("feature-x");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a//b",
        "//a",
        "/a/",
        "/a%2Fb",
        "/%e4%BD%A0",
        "/a%zz",
        "/.a",
        "/a.",
        "/...",
        "/a;b=1,2",
        "/a%2",
        "/a:b@c",
        "/-_~!$&'()*+=",
        "/%7Bx%7D",
        "/a%20b",
        "/%00"
      })
  void sendsAPathUnchanged(String path) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(CallStyle.BLOCKING.make(transport, get(path)));

      assertThat(worker.requests().get(0).line()).isEqualTo("GET /worker" + path + " HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/../b", "/..", "/a/.", "/a/%2e%2E/b", "/.%2e", "/./a", "/a\\b"})
  void refusesAPathThatAClientWouldChange(String path) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Outcome<RawResponse> outcome = CallStyle.BLOCKING.make(transport, get(path));

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused<?>) outcome).status()).isEqualTo(501);
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void refusesAGetWithABody() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Outcome<RawResponse> outcome =
          CallStyle.BLOCKING.make(transport, rpc("GET", "/x", "", Headers.none(), new byte[1]));

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void sendsEveryMethodWithoutABody(String method) throws Exception {
    String response =
        method.equals("HEAD") ? "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n" : RawServer.ok("");
    try (RawServer worker = RawServer.answering(response);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      for (int i = 0; i < 2; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, rpc(method, "/x", "", Headers.none(), null)));
      }

      assertThat(worker.requests())
          .extracting(RawServer.Request::line)
          .containsExactly(method + " /worker/x HTTP/1.1", method + " /worker/x HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 301, 302, 307, 308, 400, 401, 404, 407, 408, 421, 429, 500, 502, 503})
  void returnsAnyStatusWithoutFollowingOrRepeating(int status) throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 "
                    + status
                    + " x\r\nretry-after: 0\r\nlocation: /elsewhere\r\nwww-authenticate: Basic\r\n"
                    + "proxy-authenticate: Basic\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n"
                    + "x-note: grüße\r\ncontent-length: 4\r\n\r\nBody");
        Transport transport = Calls.transport(worker.url("/worker"))) {
      for (RpcCall call : new RpcCall[] {get("/x"), post("/x", "{}")}) {
        RawResponse response = succeeded(CallStyle.BLOCKING.make(transport, call));

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers().first("retry-after")).hasValue("0");
        assertThat(response.headers().first("location")).hasValue("/elsewhere");
        assertThat(response.headers().first("x-note")).hasValue("grüße");
        assertThat(response.headers().all("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(Calls.text(response.body())).isEqualTo("Body");
      }
      assertThat(worker.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesTheSettingOfAnAppWithoutUrl(CallStyle style) {
    try (Transport transport = Calls.transport(Calls.config())) {
      assertThatThrownBy(() -> style.make(transport, get("/x")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("acme/worker")
          .hasMessageContaining("w7s.local.apps.acme/worker")
          .hasMessageContaining("W7S_LOCAL_ACME_WORKER_URL");
    }
  }

  @Test
  void acceptsABaseUrlWithoutPath() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url(""))) {
      succeeded(CallStyle.BLOCKING.make(transport, get("/x")));
      succeeded(CallStyle.BLOCKING.make(transport, get("//x/y")));

      assertThat(worker.requests())
          .extracting(RawServer.Request::line)
          .containsExactly("GET /x HTTP/1.1", "GET //x/y HTTP/1.1");
      assertThat(worker.connections()).isEqualTo(1);
    }
  }

  @Test
  void namesTheTargetWithoutItsQuery() {
    URI closed = ClosedPort.url("/worker");
    try (Transport transport = Calls.transport(closed)) {
      Outcome<RawResponse> outcome =
          CallStyle.BLOCKING.make(
              transport, rpc("GET", "/x", "token=secret", Headers.none(), null));

      assertThat(((Outcome.NoResponse<?>) outcome).message())
          .contains(WORKER + " at " + closed + "/x ")
          .doesNotContain("secret");
    }
  }

  static <R> R succeeded(Outcome<R> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Success.class);
    return ((Outcome.Success<R>) outcome).result();
  }

  private static String utf8(String latin1) {
    return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}

package io.w7s.sdk.local.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.local.internal.server.RawClient.Response;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Web pages of other sites cannot call a server of this machine. */
@Timeout(60)
class OriginPolicyTest {

  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        HttpServer.builder(new EchoHandler()).hosts(List.of("Tunnel.example.", "10.0.0.7")).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Response send(String method, String target, String headers) throws IOException {
    return RawClient.once(server.port(), RawClient.request(method, target, "{}", headers));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#own")
  void servesThisMachine(String name, String headers) throws Exception {
    assertThat(send("POST", "/x", headers).status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#foreign")
  void refusesForeignPages(String name, String target, String headers) throws Exception {
    for (String method : List.of("GET", "POST", "OPTIONS", "DELETE")) {
      Response response = send(method, target, headers);

      assertThat(response.status()).as(method).isEqualTo(403);
      assertThat(response.body()).startsWith("{\"ok\":false,\"error\":\"");
    }
  }

  @Test
  void refusesForeignPreflights() throws Exception {
    Response response =
        send(
            "OPTIONS",
            "/x",
            "host: 127.0.0.1\r\norigin: https://evil.example\r\n"
                + "access-control-request-method: POST\r\n"
                + "access-control-request-headers: content-type\r\n"
                + "access-control-request-private-network: true");

    assertThat(response.status()).isEqualTo(403);
    assertThat(response.head()).doesNotContainIgnoringCase("access-control-allow");
  }

  @Test
  void servesTheHostsThatItWasTold() throws Exception {
    assertThat(send("POST", "/x", "host: TUNNEL.example:443").status()).isEqualTo(200);
    assertThat(send("POST", "/x", "host: 10.0.0.7\r\norigin: http://10.0.0.7:80").status())
        .isEqualTo(200);
    assertThat(send("POST", "/x", "host: sub.tunnel.example").status()).isEqualTo(403);
  }

  @Test
  void showsAForeignNameInABoundedLine() throws Exception {
    Response response = send("POST", "/x", "host: " + "x".repeat(10_000) + ".example");

    assertThat(response.status()).isEqualTo(403);
    assertThat(response.body()).hasSizeLessThan(200);
  }
}

package io.w7s.sdk.local.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.local.internal.server.RawClient.Response;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What RFC 9112 calls invalid is refused, for a reason in JSON, and its connection ends. */
@Timeout(60)
class InvalidRequestsTest {

  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.builder(new EchoHandler()).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#invalid")
  void refusesInvalidRequests(String name, String request, int status) throws Exception {
    try (var client = new RawClient(server.port())) {
      client.send(request);
      client.endSending();
      Response response = client.response();

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.head())
          .containsIgnoringCase("content-type: application/json")
          .containsIgnoringCase("connection: close");
      assertThat(response.body()).startsWith("{\"ok\":false,\"error\":\"").hasSizeLessThan(300);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.w7s.sdk.local.internal.server.HttpCases#valid")
  void servesOddButValidRequests(String name, String request) throws Exception {
    assertThat(RawClient.once(server.port(), request).status()).isEqualTo(200);
  }
}

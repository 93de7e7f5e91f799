package io.w7s.sdk.testing;

import static io.w7s.sdk.local.internal.server.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The emulator's server refuses by itself what the server of an app refuses. */
@Timeout(60)
class EmulatorServerHttpTest {

  private static final String HTTP_CASES = "io.w7s.sdk.local.internal.server.HttpCases";
  private static final String SEND = "/api/v1/queues/acme/worker/jobs";

  private final List<AppRequest> seen = new CopyOnWriteArrayList<>();
  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final EmulatorServer platform = EmulatorServer.start(w7s.platform());
  private final EmulatorServer app =
      EmulatorServer.serving(
          request -> {
            seen.add(request);
            return new AppResponse(200, Headers.none(), request.body());
          });

  @AfterEach
  void stop() {
    platform.close();
    app.close();
  }

  private static int port(EmulatorServer server) {
    return server.url().getPort();
  }

  private static void assertRefused(Response response, int status, String shape) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.head()).containsIgnoringCase("content-type: application/json");
    assertThat(response.body()).startsWith(shape);
  }

  private static void assertPlatformRefuses(Response response, int status) {
    assertRefused(response, status, "{\"status\":\"error\",\"error\":\"");
  }

  private static void assertAppRefuses(Response response, int status) {
    assertRefused(response, status, "{\"ok\":false,\"error\":\"");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource(HTTP_CASES + "#invalid")
  void refusesInvalidRequests(String name, String request, int status) throws Exception {
    for (EmulatorServer server : List.of(platform, app)) {
      try (var client = new RawClient(port(server))) {
        client.send(request);
        client.endSending();
        Response response = client.response();
        if (server == platform) {
          assertPlatformRefuses(response, status);
        } else {
          assertAppRefuses(response, status);
        }
        assertThat(client.isAtEnd()).isTrue();
      }
    }
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(HTTP_CASES + "#foreign")
  void refusesPagesOfOtherSites(String name, String target, String headers) throws Exception {
    String json = "content-type: application/json";
    assertPlatformRefuses(
        RawClient.once(
            port(platform), request("POST", target.replace("/x", SEND), "{}", headers, json)),
        403);
    assertAppRefuses(
        RawClient.once(
            port(app), request("POST", target.replace("/x", "/_w7s/q"), "{}", headers, json)),
        403);
    assertThat(seen).isEmpty();
  }

  @Test
  void servesTheHostByWhichABackendCallsThePlatform() throws Exception {
    assertThat(RawClient.get(port(platform), "/health", "host: w7s.internal").status())
        .isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(HTTP_CASES + "#own")
  void servesThisMachine(String name, String headers) throws Exception {
    assertThat(RawClient.get(port(platform), "/health", headers).status()).isEqualTo(200);
    assertThat(RawClient.get(port(app), "/x", headers).status()).isEqualTo(200);
  }

  @Test
  void requiresJsonForDeliveriesToAnApp() throws Exception {
    for (String path : List.of("/_w7s/queues/jobs", "/acme/worker/_w7s/queues/jobs")) {
      assertAppRefuses(
          RawClient.once(port(app), request("POST", path, "{}", "content-type: text/plain")), 415);
      assertThat(
              RawClient.once(
                      port(app), request("POST", path, "{}", "content-type: application/json"))
                  .status())
          .isEqualTo(200);
    }
    assertThat(seen).hasSize(2);
  }

  @Test
  void refusesABodyOfMoreThan10MiBBeforeItIsSent() throws Exception {
    String head =
        "POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: 10485761\r\n\r\n";
    assertPlatformRefuses(RawClient.once(port(platform), head), 413);
    assertAppRefuses(RawClient.once(port(app), head), 413);
  }

  @Test
  void servesOthersDuringAThousandSlowRequests() throws Exception {
    var slow = new ArrayList<RawClient>();
    try {
      for (int i = 0; i < 1_100; i++) {
        var client = new RawClient(port(platform));
        slow.add(client);
        client.send("P");
      }

      assertThat(RawClient.get(port(platform), "/health").status()).isEqualTo(200);
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void respondsToAnExceptionOfTheBackendWith500() throws Exception {
    try (EmulatorServer broken =
        EmulatorServer.serving(
            request -> {
              throw new IllegalStateException("secret");
            })) {
      Response response = RawClient.get(port(broken), "/x");

      assertThat(response.status()).isEqualTo(500);
      assertThat(response.body()).doesNotContain("secret");
    }
  }
}

package io.w7s.sdk.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.manifest.Manifest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmulatorServerTest {

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final EmulatorServer server = EmulatorServer.start(w7s.platform());
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AppRequest> seen = new CopyOnWriteArrayList<>();
  private final String token;

  EmulatorServerTest() {
    w7s.deploy(
        "acme/worker",
        Manifest.empty().withQueue(Manifest.Queue.of("jobs")),
        request -> {
          seen.add(request);
          return new AppResponse(
              200,
              Headers.of("x-unicode", "größe").plus("set-cookie", "a").plus("set-cookie", "b"),
              "ok".getBytes(StandardCharsets.UTF_8));
        });
    w7s.as("acme/shop");
    token =
        w7s.platform()
            .deployment(AppInstance.of(AppId.parse("acme/shop")))
            .orElseThrow()
            .tokens()
            .orElseThrow()
            .rpc();
  }

  @AfterEach
  void stop() {
    server.close();
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .timeout(Duration.ofSeconds(20))
        .header("authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void passesCallsToTheControlPlane() throws Exception {
    HttpResponse<String> response =
        send(
            request("/api/v1/rpc/acme/worker/a%20b?q=1%262")
                .POST(BodyPublishers.ofString("body"))
                .build());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok");
    assertThat(response.headers().allValues("set-cookie")).containsExactly("a", "b");
    AppRequest request = seen.get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/a%20b");
    assertThat(request.query()).isEqualTo("q=1%262");
    assertThat(request.body()).asString().isEqualTo("body");
  }

  @Test
  void refusesCallsWithoutAToken() throws Exception {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/rpc/acme/worker/a")).build());

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).startsWith("{\"status\":\"error\",\"error\":");
  }

  @Test
  void readsADoubleSlashAsPartOfThePath() throws Exception {
    // "//x/health" is no route; taken for the host x and the path /health it would be one
    assertThat(send(request("//x/health").build()).body()).contains("<!doctype html>");
  }

  @Test
  void respondsToHeadWithoutABody() throws Exception {
    HttpResponse<String> response =
        send(request("/api/v1/rpc/acme/worker/a").method("HEAD", BodyPublishers.noBody()).build());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void cutsOffStalledCallsWhenTheLinkChanges() throws Exception {
    server.link(LinkState.STALLED);
    assertThatThrownBy(
            () ->
                send(request("/api/v1/rpc/acme/worker/a").timeout(Duration.ofMillis(200)).build()))
        .isInstanceOf(HttpTimeoutException.class);
    CompletableFuture<HttpResponse<String>> stalled =
        client.sendAsync(
            request("/api/v1/rpc/acme/worker/a").POST(BodyPublishers.ofString("b")).build(),
            BodyHandlers.ofString());

    server.link(LinkState.GOOD);

    assertThat(send(request("/api/v1/rpc/acme/worker/a").build()).statusCode()).isEqualTo(200);
    stalled.handle((response, failure) -> null).join(); // whether it had stalled or not
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSES_REQUESTS", "LOSES_RESPONSES"})
  void losesRequestsOrResponses(LinkState link) {
    server.link(link);

    assertThatThrownBy(
            () ->
                send(
                    request("/api/v1/rpc/acme/worker/a")
                        .POST(BodyPublishers.ofString("b"))
                        .build()))
        .isInstanceOf(IOException.class);
    assertThat(seen.isEmpty()).isEqualTo(link == LinkState.LOSES_REQUESTS);
  }

  @Test
  void releasesItsPortWhileDownAndTakesItAgain() throws Exception {
    URI url = server.url();
    server.link(LinkState.DOWN);
    assertThatThrownBy(() -> send(request("/health").build())).isInstanceOf(ConnectException.class);

    server.link(LinkState.GOOD);

    assertThat(server.url()).isEqualTo(url);
    assertThat(send(request("/health").build()).statusCode()).isEqualTo(200);
  }

  @Test
  void servesAnyBackend() throws Exception {
    try (EmulatorServer app =
        EmulatorServer.serving(
            request ->
                new AppResponse(
                    201, Headers.none(), request.path().getBytes(StandardCharsets.UTF_8)))) {
      HttpRequest there = HttpRequest.newBuilder(URI.create(app.url() + "/a%20b?q=1")).build();

      assertThat(send(there).statusCode()).isEqualTo(201);
      assertThat(send(there).body()).isEqualTo("/a%20b");
    }
  }

  @Test
  void staysClosed() {
    server.close();
    server.link(LinkState.GOOD);

    assertThatThrownBy(() -> send(request("/health").build())).isInstanceOf(ConnectException.class);
  }

  @Test
  void setsNoSystemProperty() {
    assertThat(System.getProperties()).doesNotContainKey("sun.net.httpserver.nodelay");
  }
}

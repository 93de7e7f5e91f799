package io.w7s.sdk.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.spring.docs.ReactiveSecurity;
import io.w7s.sdk.spring.docs.Security;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;

/** With Spring Security on the class path, the guide's chain lets the platform in and no more. */
class SecurityTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static HttpResponse<String> post(Server server, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.root() + path))
            .POST(BodyPublishers.ofString("a=1&_csrf=x"))
            .header("content-type", "application/x-www-form-urlencoded")
            .build(),
        BodyHandlers.ofString());
  }

  private static void serve(Server server) {
    server.serve(request -> new AppResponse(200, Headers.none(), request.body()));
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVLET", "REACTIVE"})
  void withoutAChainOfItsOwnTheAppIsNotReached(WebApplicationType type) throws Exception {
    try (Server server = Server.secured(type)) {
      serve(server);

      assertThat(post(server, "/w7s/jobs").statusCode()).isIn(401, 403);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVLET", "REACTIVE"})
  void theChainOfTheGuideLetsTheAppDecide(WebApplicationType type) throws Exception {
    Class<?> chain = type == WebApplicationType.SERVLET ? Security.class : ReactiveSecurity.class;
    try (Server server = Server.secured(type, chain)) {
      serve(server);

      HttpResponse<String> response = post(server, "/w7s/jobs");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("a=1&_csrf=x");
      assertThat(response.headers().map()).doesNotContainKey("set-cookie");
    }
  }
}

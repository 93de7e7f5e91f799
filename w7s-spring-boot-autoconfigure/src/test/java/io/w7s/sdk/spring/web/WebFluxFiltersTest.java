package io.w7s.sdk.spring.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.reactive.HiddenHttpMethodFilter;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;

/** The app gets what was sent, whatever the filters of the application do with a request. */
class WebFluxFiltersTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static final List<AppRequest> RECEIVED = new CopyOnWriteArrayList<>();
  private static Server server;

  @Configuration(proxyBeanMethods = false)
  static class Filters {

    private static WebFilter when(String name, WebFilter filter) {
      return (exchange, chain) ->
          name.equals(exchange.getRequest().getHeaders().getFirst("x-filter"))
              ? filter.filter(exchange, chain)
              : chain.filter(exchange);
    }

    @Bean
    WebFilter hiddenMethod() {
      return when("hidden-method", new HiddenHttpMethodFilter());
    }

    @Bean
    WebFilter form() {
      return when(
          "form",
          (exchange, chain) ->
              exchange
                  .getFormData()
                  .zipWith(exchange.getMultipartData())
                  .doOnNext(forms -> SEEN.add("forms " + forms.getT1() + forms.getT2()))
                  .then(chain.filter(exchange)));
    }

    @Bean
    WebFilter bytes() {
      return when(
          "bytes",
          (exchange, chain) ->
              DataBufferUtils.join(exchange.getRequest().getBody())
                  .doOnNext(buffer -> SEEN.add("bytes " + buffer.readableByteCount()))
                  .doOnNext(buffer -> buffer.write(new byte[0]))
                  .then(chain.filter(exchange)));
    }

    @Bean
    WebFilter replacing() {
      return when(
          "replacing",
          (exchange, chain) ->
              chain.filter(
                  exchange
                      .mutate()
                      .request(request -> request.path("/at/w7s/other").header("x-w7s-a", "b"))
                      .build()));
    }

    @Bean
    WebFilter refusing() {
      return when(
          "refusing",
          (exchange, chain) -> {
            exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
            return exchange.getResponse().writeWith(Flux.empty());
          });
    }
  }

  @BeforeAll
  static void start() {
    server = Server.start(WebApplicationType.REACTIVE, Filters.class);
    server.serve(
        request -> {
          RECEIVED.add(request);
          SEEN.add("on " + Thread.currentThread().getName().replaceAll("-.*", ""));
          return new AppResponse(200, Headers.none(), "ok".getBytes(UTF_8));
        });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
    RECEIVED.clear();
  }

  private static HttpResponse<String> send(String filter, String method, String type, byte[] body)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.url() + "/jobs"))
            .method(method, BodyPublishers.ofByteArray(body))
            .header("content-type", type)
            .header("x-filter", filter)
            .build(),
        BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "hidden-method", "form", "bytes", "replacing"})
  void aRequestArrivesAsItWasSent(String filter) throws Exception {
    byte[] body = "_method=DELETE&a=1&a=%7B%22b%22%3A2%7D\n \0\u00e4".getBytes(UTF_8);
    for (String type : List.of(FORM, "application/json", "multipart/form-data;boundary=x")) {
      for (String method : List.of("POST", "PUT", "DELETE")) {
        RECEIVED.clear();

        HttpResponse<String> response = send(filter, method, type, body);

        assertThat(response.statusCode()).as(method + " " + type).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(RECEIVED).singleElement().extracting(AppRequest::body).isEqualTo(body);
        assertThat(RECEIVED.get(0).method()).isEqualTo(method);
        assertThat(RECEIVED.get(0).path()).isEqualTo("/jobs");
        assertThat(RECEIVED.get(0).headers().first("x-w7s-a")).isEmpty();
      }
    }
  }

  @Test
  void aHandlerMayBlock() throws Exception {
    send("none", "POST", FORM, new byte[0]);

    assertThat(SEEN).containsExactly("on boundedElastic");
  }

  @Test
  void aFilterCanRefuseARequest() throws Exception {
    assertThat(send("refusing", "POST", FORM, new byte[1]).statusCode()).isEqualTo(403);
    assertThat(RECEIVED).isEmpty();
  }

  @Test
  void otherPathsAreTheApplications() throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(server.root() + "/at/w7stoo")).build(),
            BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(RECEIVED).isEmpty();
  }
}

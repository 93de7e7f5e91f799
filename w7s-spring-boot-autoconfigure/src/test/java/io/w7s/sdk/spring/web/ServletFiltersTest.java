package io.w7s.sdk.spring.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.springframework.web.filter.FormContentFilter;
import org.springframework.web.filter.HiddenHttpMethodFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

/** The app gets what was sent, whatever the filters of the application do with a request. */
class ServletFiltersTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int LIMIT = 100_000;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static Server server;

  /** What the filters saw. */
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();

  private static final List<AppRequest> RECEIVED = new CopyOnWriteArrayList<>();

  @Configuration(proxyBeanMethods = false)
  static class Filters {

    /** Each is asked for by a header, so that one application serves all tests. */
    private static Filter when(String name, Filter filter) {
      return (request, response, chain) -> {
        if (name.equals(((HttpServletRequest) request).getHeader("x-filter"))) {
          filter.doFilter(request, response, chain);
        } else {
          chain.doFilter(request, response);
        }
      };
    }

    @Bean
    Filter hiddenMethod() {
      return when("hidden-method", new HiddenHttpMethodFilter());
    }

    @Bean
    Filter form() {
      return when("form", new FormContentFilter());
    }

    @Bean
    Filter etag() {
      return when("etag", new ShallowEtagHeaderFilter());
    }

    @Bean
    Filter caching() {
      return when(
          "caching",
          new OncePerRequestFilter() {
            @Override
            protected void doFilterInternal(
                HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
              var cached = new ContentCachingRequestWrapper(request, LIMIT);
              SEEN.add("parameters " + new TreeMap<>(cached.getParameterMap()).keySet());
              chain.doFilter(cached, response);
            }
          });
    }

    @Bean
    Filter readingBytes() {
      return when(
          "bytes",
          (request, response, chain) -> {
            SEEN.add("bytes " + request.getInputStream().readAllBytes().length);
            chain.doFilter(request, response);
          });
    }

    @Bean
    Filter readingAPart() {
      return when(
          "part",
          (request, response, chain) -> {
            SEEN.add("byte " + request.getInputStream().read());
            chain.doFilter(request, response);
          });
    }

    @Bean
    Filter readingText() {
      return when(
          "text",
          (request, response, chain) -> {
            SEEN.add("text " + request.getReader().readLine());
            chain.doFilter(request, response);
          });
    }

    @Bean
    Filter asking() {
      return when(
          "parameters",
          (request, response, chain) -> {
            SEEN.add(
                "%s %s %s"
                    .formatted(
                        request.getParameter("a"),
                        request.getParameter("b c"),
                        ((HttpServletRequest) request).getParts()));
            chain.doFilter(request, response);
          });
    }

    @Bean
    Filter refusing() {
      return when(
          "refusing",
          (request, response, chain) -> ((HttpServletResponse) response).sendError(403));
    }
  }

  @BeforeAll
  static void start() {
    server = Server.start(WebApplicationType.SERVLET, Filters.class);
    server.serve(
        new AppHandler() {
          @Override
          public AppResponse handle(AppRequest request) {
            RECEIVED.add(request);
            return new AppResponse(
                200, Headers.of("content-type", "text/plain"), "ok".getBytes(UTF_8));
          }

          @Override
          public int maxBodyBytes() {
            return LIMIT;
          }
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

  private static HttpResponse<String> send(
      String filter, String method, String query, String type, byte[] body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.url() + "/jobs" + query))
            .method(method, BodyPublishers.ofByteArray(body))
            .header("content-type", type)
            .header("x-filter", filter)
            .build(),
        BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "hidden-method",
        "form",
        "caching",
        "bytes",
        "part",
        "text",
        "parameters",
        "etag"
      })
  void aBodyArrivesAsItWasSent(String filter) throws Exception {
    byte[] body = "_method=DELETE&a=1&a=%7B%22b%22%3A2%7D\n \0\u00e4".getBytes(UTF_8);
    for (String type : List.of(FORM, "application/json", "text/plain;charset=utf-16")) {
      for (String method : List.of("POST", "PUT", "DELETE")) {
        RECEIVED.clear();

        HttpResponse<String> response = send(filter, method, "", type, body);

        assertThat(response.statusCode()).as(method + " " + type).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(RECEIVED).singleElement().extracting(AppRequest::body).isEqualTo(body);
        assertThat(RECEIVED.get(0).method()).isEqualTo(method);
      }
    }
  }

  @Test
  void theMethodIsTheOneThatWasSent() throws Exception {
    send("hidden-method", "POST", "?_method=DELETE", FORM, "a=1".getBytes(UTF_8));

    assertThat(RECEIVED).singleElement().extracting(AppRequest::method).isEqualTo("POST");
  }

  @Test
  void aFilterSeesTheParametersOfTheQueryOnly() throws Exception {
    send("parameters", "POST", "?a=%C3%BC&b+c=2", FORM, "a=3".getBytes(UTF_8));

    assertThat(SEEN).containsExactly("\u00fc 2 []");
  }

  @Test
  void aFilterThatReadsMoreThanTheAppTakesKeepsNoMoreOfIt() throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(server.url() + "/jobs"))
                .POST(
                    BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[LIMIT + 10])))
                .header("x-filter", "bytes")
                .build(),
            BodyHandlers.ofString());

    assertThat(SEEN).containsExactly("bytes " + (LIMIT + 10));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(RECEIVED).isEmpty();
  }

  @Test
  void aFilterCanRefuseARequest() throws Exception {
    HttpResponse<String> response = send("refusing", "POST", "", FORM, new byte[1]);

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(RECEIVED).isEmpty();
  }

  @Test
  void aFilterChangesTheResponse() throws Exception {
    HttpResponse<String> response = send("etag", "GET", "", FORM, new byte[0]);

    assertThat(response.headers().map()).containsKey("etag");
    assertThat(Map.of("body", response.body())).containsEntry("body", "ok");
  }
}

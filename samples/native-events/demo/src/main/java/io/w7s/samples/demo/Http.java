package io.w7s.samples.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON over HTTP, as anybody outside the platform sends it. */
final class Http {

  /** A response. */
  record Response(int status, JsonNode body) {}

  /** Longer than order-api tries to reach the router. */
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final JsonMapper mapper = new JsonMapper();

  Response get(String step, String url) throws Failure, InterruptedException {
    return exchange(step, "GET", url, BodyPublishers.noBody());
  }

  Response post(String step, String url, byte[] json) throws Failure, InterruptedException {
    return exchange(step, "POST", url, BodyPublishers.ofByteArray(json));
  }

  /** Returns whether the app responds and is healthy. */
  boolean isUp(String url) throws InterruptedException {
    try {
      return get("looking", url).status() == 200;
    } catch (Failure notYet) {
      return false;
    }
  }

  private Response exchange(String step, String method, String url, BodyPublisher body)
      throws Failure, InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .method(method, body)
              .header("content-type", "application/json")
              .timeout(TIMEOUT)
              .build();
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
      return new Response(response.statusCode(), mapper.readTree(response.body()));
    } catch (JacksonException notJson) {
      throw new Failure("%s: %s %s got a response that is not JSON".formatted(step, method, url));
    } catch (IOException e) {
      throw new Failure("%s: %s %s got no response (%s)".formatted(step, method, url, e));
    } catch (IllegalArgumentException e) {
      throw new Failure("%s: %s is no URL (%s)".formatted(step, url, e.getMessage()));
    }
  }

  String pretty(JsonNode json) {
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json);
  }
}

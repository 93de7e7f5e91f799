package io.w7s.sdk.testing;

import com.sun.net.httpserver.HttpExchange;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * One request of the JDK's server as the SDK has it, and the answer to it.
 *
 * @param exchange the JDK's idea of both
 */
record HttpWire(HttpExchange exchange) {

  private static final Set<String> SERVERS_OWN =
      Set.of("content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  /** Reads the request to its end. */
  AppRequest request() throws IOException {
    // not the URI's own path: the JDK takes //a/b for a host and a path
    String target = exchange.getRequestURI().toString();
    int query = target.indexOf('?');
    Headers.Builder headers = Headers.builder();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> values.forEach(value -> headers.add(name, read(value))));
    return new AppRequest(
        exchange.getRequestMethod().toUpperCase(Locale.ROOT),
        query < 0 ? target : target.substring(0, query),
        query < 0 ? "" : target.substring(query + 1),
        headers.build(),
        exchange.getRequestBody().readAllBytes());
  }

  void send(AppResponse response) throws IOException {
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!SERVERS_OWN.contains(name)) {
                exchange.getResponseHeaders().add(name, written(value));
              }
            });
    int length = response.body().length;
    boolean none = length == 0 || response.status() == 204 || response.status() == 304;
    exchange.sendResponseHeaders(response.status(), none ? -1 : length);
    if (!none) {
      exchange.getResponseBody().write(response.body());
    }
  }

  /** On the wire header values are bytes, which the JDK has as Latin-1, and senders as UTF-8. */
  private static String read(String latin1) {
    return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String written(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}

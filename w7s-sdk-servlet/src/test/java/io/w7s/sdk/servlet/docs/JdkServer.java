package io.w7s.sdk.servlet.docs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.Executor;

/** An app in the server of the JDK. */
// [jdk-server]
final class JdkServer {

  private static final Set<String> OWN =
      Set.of("connection", "content-length", "date", "transfer-encoding");

  static HttpServer start(AppHandler app, InetSocketAddress address, Executor executor)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(executor);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            send(exchange, response(app, exchange));
          }
        });
    server.start();
    return server;
  }

  private static AppResponse response(AppHandler app, HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString(); // as it came; getPath() is decoded
    String length = exchange.getRequestHeaders().getFirst("content-length");
    long declared = length == null ? -1 : Long.parseLong(length);
    int max = app.maxBodyBytes();
    InputStream in = exchange.getRequestBody();
    byte[] body = declared > max ? new byte[0] : in.readNBytes(max);
    if (declared > max || (body.length == max && in.read() >= 0)) {
      return refusal(413, "the body is too large");
    }
    if (!target.startsWith("/") || (declared >= 0 && body.length != declared)) {
      return refusal(400, "the request is not complete, or not for a path");
    }
    Headers.Builder headers = Headers.builder();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) ->
                values.forEach(
                    value -> headers.add(name, new String(value.getBytes(ISO_8859_1), UTF_8))));
    String[] parts = target.split("\\?", 2);
    try {
      AppResponse response =
          app.handle(
              new AppRequest(
                  exchange.getRequestMethod(),
                  parts[0],
                  parts.length > 1 ? parts[1] : "",
                  headers.build(),
                  body));
      return response.status() >= 200 && response.status() <= 599
          ? response
          : refusal(500, "the request failed");
    } catch (Throwable defect) {
      System.getLogger("w7s").log(System.Logger.Level.ERROR, "a handler failed", defect);
      return refusal(500, "the request failed");
    } finally {
      Thread.interrupted(); // a handler's interrupt ends with it
    }
  }

  private static AppResponse refusal(int status, String reason) {
    return new AppResponse(
        status,
        Headers.of("content-type", "application/json"),
        ("{\"ok\":false,\"error\":\"" + reason + "\"}").getBytes(UTF_8));
  }

  private static void send(HttpExchange exchange, AppResponse response) throws IOException {
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!OWN.contains(name)) {
                exchange
                    .getResponseHeaders()
                    .add(name, new String(value.getBytes(UTF_8), ISO_8859_1));
              }
            });
    boolean none =
        response.body().length == 0
            || exchange.getRequestMethod().equals("HEAD")
            || Set.of(204, 205, 304).contains(response.status());
    exchange.sendResponseHeaders(response.status(), none ? -1 : response.body().length);
    if (!none) {
      exchange.getResponseBody().write(response.body());
      exchange.getResponseBody().flush(); // before close() waits for the rest of a refused body
    }
  }
}
// [jdk-server]

package io.w7s.samples.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An app that somebody else wrote: it knows HTTP and JSON, and nothing of the SDK. */
final class Stub implements AutoCloseable {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** What came in. */
  record Request(String method, String path, HttpExchange exchange, JsonNode body) {
    String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }
  }

  /** What is answered. */
  record Reply(int status, String body) {}

  /** What the app does with a request. */
  interface Handler {
    Reply handle(Request request) throws IOException, InterruptedException;
  }

  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  private Stub(Handler handler) throws IOException {
    var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, handler));
    server.start();
  }

  static Stub serving(Handler handler) throws IOException {
    return new Stub(handler);
  }

  private void answer(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      var request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              exchange,
              MAPPER.readTree(exchange.getRequestBody().readAllBytes()));
      Reply reply = handler.handle(request);
      requests.add(request);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("content-type", "application/json");
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the next request that was answered, as soon as there is one. */
  Request next() throws InterruptedException {
    return requests.take();
  }

  String url(String app) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + app;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** Posts JSON, with headers as name, value, name, value. */
  static HttpResponse<String> post(String url, String json, String... headers)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", "application/json")
            .headers(headers)
            .POST(BodyPublishers.ofString(json))
            .build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  static JsonNode get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return MAPPER.readTree(CLIENT.send(request, BodyHandlers.ofString()).body());
  }

  static JsonNode json(String text) {
    return MAPPER.readTree(text);
  }
}

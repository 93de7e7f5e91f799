package io.w7s.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** HTTP servers and Jackson with nothing above them: each sends every order back. */
final class BareServers implements AutoCloseable {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter WRITER = MAPPER.writerFor(Order.class);
  private static final ObjectReader READER = MAPPER.readerFor(Order.class);

  private final ExecutorService threads = Executors.newFixedThreadPool(64);
  private final HttpServer jdk;
  private final org.apache.hc.core5.http.impl.bootstrap.HttpServer core;

  /** Starts both on free ports. */
  BareServers() throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else 44 ms a call
    jdk = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    jdk.setExecutor(threads);
    jdk.createContext("/", BareServers::echo);
    jdk.start();
    core =
        ServerBootstrap.bootstrap()
            .setLocalAddress(InetAddress.getLoopbackAddress())
            .register("127.0.0.1", "/", BareServers::echo)
            .create();
    core.start();
  }

  private static byte[] echo(byte[] order) {
    return WRITER.writeValueAsBytes(READER.<Order>readValue(order));
  }

  private static void echo(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = echo(exchange.getRequestBody().readAllBytes());
      exchange.getResponseHeaders().add("content-type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void echo(
      ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    byte[] body = echo(EntityUtils.toByteArray(request.getEntity()));
    response.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
  }

  URI jdk() {
    return url(jdk.getAddress().getPort());
  }

  URI httpCore() {
    return url(core.getLocalPort());
  }

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  @Override
  public void close() {
    jdk.stop(0);
    core.close(CloseMode.IMMEDIATE);
    threads.shutdown();
  }
}

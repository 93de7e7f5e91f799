package io.w7s.sdk.bridge;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.local.internal.server.HttpHandler;
import io.w7s.sdk.local.internal.server.HttpServer;
import io.w7s.sdk.local.internal.server.IncomingRequest;
import io.w7s.sdk.local.internal.server.Responses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;

/** A handler on a port of this machine: the service behind a bridge, or the platform before it. */
final class LoopbackServer implements AutoCloseable {

  private final HttpServer server;

  private LoopbackServer(HttpServer server) {
    this.server = server;
  }

  /** Starts a server on a free port. */
  static LoopbackServer start(AppHandler handler) {
    return start(handler, 0);
  }

  static LoopbackServer start(AppHandler handler, int port) {
    try {
      return new LoopbackServer(
          HttpServer.builder(new Adapter(handler))
              .port(port)
              .hosts(List.of("w7s.internal"))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Adapter(AppHandler handler) implements HttpHandler {

    @Override
    public AppResponse handle(IncomingRequest request) throws IOException {
      return handler.handle(request.read(handler.maxBodyBytes()));
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return Responses.appRefusal(status, reason);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** Gives up the port and cuts all connections, as a killed process does. */
  @Override
  public void close() {
    server.close();
  }
}

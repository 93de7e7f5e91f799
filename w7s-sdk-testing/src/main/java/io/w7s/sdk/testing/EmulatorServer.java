package io.w7s.sdk.testing;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.local.internal.server.HttpHandler;
import io.w7s.sdk.local.internal.server.HttpServer;
import io.w7s.sdk.local.internal.server.IncomingRequest;
import io.w7s.sdk.local.internal.server.Responses;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Serves a platform's HTTP API on a free port of this machine's loopback address, for tests of code
 * that calls it over HTTP. The caller is the app of the bearer token, see {@code
 * platform.deployment(...).get().tokens()}. Thread-safe. It needs {@code w7s-sdk-local} on the
 * class path or module path.
 *
 * <pre>{@code
 * try (EmulatorServer server = EmulatorServer.start(w7s.platform())) {
 *   server.url();                                   // http://127.0.0.1:40123
 *   server.link(LinkState.LOSES_RESPONSES);         // from now on every response is lost
 * }
 * }</pre>
 *
 * <p>Calls are handled on daemon threads, as many as there are connections. They do not move a
 * virtual clock, so messages wait until the test moves it.
 *
 * <p>The server refuses what {@link io.w7s.sdk.local.LocalAppServer} refuses: invalid HTTP, senders
 * that are too slow, web pages of other sites (403), bodies of more than 10 MiB (413). It also
 * takes the host {@code w7s.internal}, by which a backend calls the platform. A refusal has the
 * body of the platform, {@code {"status":"error","error":"reason"}}, or of an app, {@code
 * {"ok":false,"error":"reason"}}.
 */
public final class EmulatorServer implements AutoCloseable {

  /** The host under which a backend calls the platform. */
  private static final String PLATFORM_HOST = "w7s.internal";

  private static final int MAX_BODY_BYTES = W7sApp.DEFAULT_MAX_BODY_BYTES;

  private final Backend backend;
  private final Object lock = new Object();
  private final int port;
  private Listener server;
  private LinkState link = LinkState.GOOD;
  private boolean closed;

  private EmulatorServer(Backend backend) {
    this.backend = backend;
    server = listen(0);
    port = server.port();
  }

  /**
   * Starts a server of a platform's HTTP API.
   *
   * @throws ConfigurationException when no port is free
   */
  public static EmulatorServer start(Platform platform) {
    return new EmulatorServer(new PlatformBackend(platform));
  }

  /**
   * Starts a server of any other backend, such as an app at its local URL, for tests of calls over
   * a bad link. As on a {@link io.w7s.sdk.local.LocalAppServer}, a POST to a path with the segment
   * {@code _w7s} needs a JSON content type (415).
   *
   * @throws ConfigurationException when no port is free
   */
  public static EmulatorServer serving(AppHandler backend) {
    return new EmulatorServer(new AppBackend(backend));
  }

  /** Returns the base URL, without a slash at its end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Sets the state of the link between callers and the backend, from the next call on. Stalled
   * calls are cut off. {@link LinkState#DOWN} gives up the port and cuts off all calls; any other
   * state takes the port again. Does nothing after {@link #close}.
   *
   * @throws ConfigurationException when another process has taken the port
   */
  public void link(LinkState changed) {
    synchronized (lock) {
      if (closed || changed == link) {
        return;
      }
      if (changed == LinkState.DOWN) {
        server.close();
      } else if (link == LinkState.DOWN) {
        server = listen(port);
      }
      link = changed;
      lock.notifyAll();
    }
  }

  private Listener listen(int wanted) {
    try {
      return new Listener(new LinkHandler(backend), wanted);
    } catch (IOException e) {
      throw new ConfigurationException(
          "Cannot serve the emulator on port %d of 127.0.0.1: %s".formatted(wanted, e.getMessage()),
          e);
    } catch (NoClassDefFoundError e) {
      throw new ConfigurationException(
          "EmulatorServer needs w7s-sdk-local, and cannot load "
              + e.getMessage()
              + ". Add the dependency io.w7s:w7s-sdk-local with scope test. On the module path,"
              + " require io.w7s.sdk.local.",
          e);
    }
  }

  /**
   * The server on its port. Only this class and {@link LinkHandler} need {@code w7s-sdk-local}
   * while they are linked, so that {@link #listen} can say that it is missing.
   */
  private static final class Listener {

    private final HttpServer server;

    Listener(LinkHandler handler, int port) throws IOException {
      server =
          HttpServer.builder(handler)
              .port(port)
              .threadPrefix("w7s-emulator-")
              .hosts(List.of(PLATFORM_HOST))
              .start();
    }

    int port() {
      return server.port();
    }

    void close() {
      server.close();
    }
  }

  /** What is behind the link. */
  private interface Backend {
    AppResponse handle(AppRequest request);

    void check(IncomingRequest request) throws IOException;

    AppResponse refusal(int status, String reason);
  }

  private record PlatformBackend(Platform platform) implements Backend {

    @Override
    public AppResponse handle(AppRequest request) {
      return platform.controlPlane().handle(request);
    }

    @Override
    public void check(IncomingRequest request) {
      // a bearer token is more than a web page has
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      var body = new LinkedHashMap<String, Object>();
      body.put("status", "error");
      body.put("error", reason);
      return Responses.json(status, body);
    }
  }

  private record AppBackend(AppHandler app) implements Backend {

    @Override
    public AppResponse handle(AppRequest request) {
      return app.handle(request);
    }

    @Override
    public void check(IncomingRequest request) throws IOException {
      if (request.method().equals("POST") && request.path().contains("/_w7s/")) {
        request.requireJson();
      }
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return Responses.appRefusal(status, reason);
    }
  }

  /** Takes requests to the backend, or loses them, as the state of the link says. */
  private final class LinkHandler implements HttpHandler {

    private final Backend backend;

    LinkHandler(Backend backend) {
      this.backend = backend;
    }

    @Override
    public AppResponse handle(IncomingRequest request) throws IOException {
      LinkState now = current();
      if (now == LinkState.STALLED) {
        request.readBody(MAX_BODY_BYTES); // so that the caller waits for the response
        awaitOtherState();
      }
      if (now == LinkState.GOOD || now == LinkState.LOSES_RESPONSES) {
        backend.check(request);
        AppResponse response = backend.handle(request.read(MAX_BODY_BYTES));
        if (current() == LinkState.GOOD) {
          return response;
        }
      }
      throw new IOException("cut off by the link, which is " + now);
    }

    @Override
    public AppResponse refusal(int status, String reason) {
      return backend.refusal(status, reason);
    }
  }

  private LinkState current() {
    synchronized (lock) {
      return link;
    }
  }

  private void awaitOtherState() {
    synchronized (lock) {
      try {
        while (link == LinkState.STALLED && !closed) {
          lock.wait();
        }
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Cuts off the calls under way, gives up the port and stops. Closing twice does nothing. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
      server.close();
    }
  }

  /** Returns the URL. */
  @Override
  public String toString() {
    return "EmulatorServer[" + url() + "]";
  }
}

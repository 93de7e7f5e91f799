package io.w7s.sdk.local;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.local.internal.server.HttpHandler;
import io.w7s.sdk.local.internal.server.HttpServer;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an app over HTTP in the URL shape of w7s-local: on this machine's loopback address or, to
 * senders that sign, on another one. Thread-safe; keeps the JVM alive until it is closed.
 *
 * <pre>{@code
 * try (LocalAppServer server = LocalAppServer.start(worker, 8792)) {
 *   server.url();                                     // http://127.0.0.1:8792/worker
 * }
 * }</pre>
 *
 * <p><b>Paths.</b> A path of the app is reached at {@code /<repo>/path} and, without the prefix, at
 * {@code /path}; {@code /<repo>} alone is {@code /}. So a path whose first segment is the app's own
 * repository name needs the prefix. The host may also be {@code <owner>.local.w7s.cloud} or {@code
 * <environment>--<owner>.local.w7s.cloud}; a host of another owner gets a 404. The app gets its own
 * path, and the headers {@code x-w7s-org-slug}, {@code x-w7s-repo-slug} and {@code
 * x-w7s-original-path} (the requested path), whatever the sender wrote there. A w7s-local router in
 * front takes the prefix away and sets these headers itself; it is recognised by an original path
 * that is {@code /<repo>} and the path, and then path and headers reach the app unchanged.
 *
 * <p><b>Trust.</b> Deliveries are not signed here. Anything on this machine may call the app, but
 * no web page of another site:
 *
 * <ul>
 *   <li>a {@code host} or {@code origin} that is not this machine gets a 403. This machine is
 *       {@code localhost} and names below it, loopback addresses, names below {@code
 *       local.w7s.cloud}, and {@link Builder#allowedHosts};
 *   <li>so is a request without an origin that a browser marks as {@code sec-fetch-site:
 *       cross-site};
 *   <li>a POST to a queue, workflow or schedule path, or to any path below {@code /_w7s/}, is
 *       refused with 415 unless its content type is JSON.
 * </ul>
 *
 * <p><b>Signatures.</b> {@link Builder#signed} changes that: each request must be signed, see
 * {@link SignedHandler}, so the host, the origin and the content type do not matter. Routes that
 * the app has opened to the public are for anybody. The app gets the headers that are signed, and
 * none of the server's own; {@code /_w7s/local/status} is not there. An address that others can
 * reach, {@link Builder#bind}, needs this.
 *
 * <p><b>Responses of the server itself:</b>
 *
 * <ul>
 *   <li>{@code GET /_w7s/local/status} returns {@code
 *       {"ok":true,"owner","repo","repository","url"}};
 *   <li>400 (also 414, 417, 431, 501, 505) for what is not valid HTTP/1.1 or 1.0, for a body that
 *       breaks off, and for a head of more than 64 KiB or 200 headers;
 *   <li>413 for a body larger than {@link AppHandler#maxBodyBytes()}, if possible before it is
 *       sent;
 *   <li>408 for a head that takes longer than 10 s, and for a body that takes longer than 10 s and
 *       comes at less than 16 KiB a second;
 *   <li>503 while the server is being closed, and for a body of more than 64 KiB while the bodies
 *       of all requests under way hold a quarter of the largest heap;
 *   <li>500 for an {@link Error} in a handler or a defect of the SDK, without the cause, which is
 *       logged.
 * </ul>
 *
 * <p>The body of each refusal is {@code {"ok":false,"error":"reason"}}. A connection that is silent
 * for {@link #IDLE_TIMEOUT} is closed. When {@link #MAX_CONNECTIONS} are served and others wait,
 * the connection that has waited longest for a request is closed.
 */
public final class LocalAppServer implements AutoCloseable {

  /** How many connections are served at a time: 1,024. */
  public static final int MAX_CONNECTIONS = 1024;

  /** How long a connection may be silent between requests: 30 seconds. */
  public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  /** How long {@link #close()} waits for requests under way: 10 seconds. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(LocalAppServer.class);
  private static final int MAX_PORT = 65_535;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");

  private final AppId app;
  private final InetAddress address;
  private final HttpServer server;
  private final Duration drainTimeout;

  private LocalAppServer(AppId app, InetAddress address, HttpServer server, Duration drainTimeout) {
    this.app = app;
    this.address = address;
    this.server = server;
    this.drainTimeout = drainTimeout;
  }

  /**
   * Starts a server with the defaults.
   *
   * @param port the port; 0 for a free one
   * @throws ConfigurationException when the port is taken
   * @throws InvalidInputException when the port is not 0 to 65535
   */
  public static LocalAppServer start(W7sApp app, int port) {
    return builder(app).port(port).start();
  }

  /**
   * Starts a server with the defaults on a free port; see {@link #url()}.
   *
   * @throws ConfigurationException when no port is free
   */
  public static LocalAppServer start(W7sApp app) {
    return builder(app).start();
  }

  /** Begins a server with other settings than the defaults. */
  public static Builder builder(W7sApp app) {
    return new Builder(app);
  }

  /**
   * Returns the app's base URL with its prefix, such as {@code http://127.0.0.1:8791/worker}. A
   * server on all addresses gives that of 127.0.0.1.
   */
  public URI url() {
    return url(address, port(), app);
  }

  static URI url(InetAddress address, int port, AppId app) {
    InetAddress shown = address.isAnyLocalAddress() ? HttpServer.LOOPBACK : address;
    String host = shown.getHostAddress().replaceFirst("%.*", "");
    String authority = shown instanceof Inet6Address ? "[" + host + "]" : host;
    return URI.create("http://" + authority + ":" + port + "/" + app.repo());
  }

  /** Returns the port, never 0. */
  public int port() {
    return server.port();
  }

  /**
   * Refuses every new request with 503, waits for those under way, and stops. Requests that take
   * longer than the drain timeout are cut off, their threads interrupted and their number logged.
   * An interrupt of the calling thread ends the wait at once, and the interrupt flag stays set. A
   * handler must not call this: it would wait for itself. When this returns, port and threads are
   * released, also if it is called twice or by several threads; an executor that was given stays
   * open.
   */
  @Override
  public void close() {
    try {
      drain();
    } finally {
      server.close();
    }
  }

  private void drain() {
    if (server.isClosed()) {
      return;
    }
    try {
      int left = server.drain(drainTimeout);
      if (left > 0) {
        log.warn(
            "{} was stopped, and {} requests were cut off after {}: raise drainTimeout to wait"
                + " longer",
            app,
            left,
            drainTimeout);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      log.warn("{} was stopped by an interrupt, without waiting for the requests under way", app);
    }
  }

  /** Returns the app and its URL. */
  @Override
  public String toString() {
    return "LocalAppServer[" + app + " at " + url() + "]";
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {

    private final W7sApp app;
    private AppHandler handler;
    private final Set<String> allowedHosts = new HashSet<>();
    private InetAddress address = HttpServer.LOOPBACK;
    private @Nullable SigningSecrets secrets;
    private int port;
    private Duration drainTimeout = DEFAULT_DRAIN_TIMEOUT;
    private @Nullable Executor executor;

    private Builder(W7sApp app) {
      this.app = app;
      this.handler = app;
    }

    /**
     * Sets what gets the requests instead of the app itself, such as a handler that wraps it. Name
     * and paths are still those of the app. Default: the app.
     */
    public Builder handler(AppHandler handler) {
      this.handler = requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Sets the port, 0 to 65535. Default 0, which takes a free one.
     *
     * @throws InvalidInputException when it is no port
     */
    public Builder port(int port) {
      if (port < 0 || port > MAX_PORT) {
        throw new InvalidInputException("port", String.valueOf(port), "0 to " + MAX_PORT);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the address that the server listens on, for example {@code
     * InetAddress.getByName("0.0.0.0")} in a container. Default 127.0.0.1. One that others can
     * reach needs {@link #signed}.
     */
    public Builder bind(InetAddress address) {
      this.address = requireNonNull(address, "address");
      return this;
    }

    /**
     * Lets in only what is signed with these secrets, as the bridge signs, and as {@link
     * LocalTransport} does with the secret of its settings: see {@link SignedHandler}. Each process
     * remembers by itself which signatures were used. The published secret of local development is
     * allowed, and protects nothing, which a line in the log says.
     */
    public Builder signed(SigningSecrets secrets) {
      this.secrets = requireNonNull(secrets, "secrets");
      return this;
    }

    /**
     * Allows requests that name further hosts, for example that of a tunnel in front of the server:
     * names or addresses without scheme and port, in any case. Web pages of these hosts may call
     * the app. Adds to the hosts that are allowed by default, and to those of an earlier call.
     *
     * @throws InvalidInputException when one is not a host
     */
    public Builder allowedHosts(String... hosts) {
      for (String host : hosts) {
        if (!HOST.matcher(host).matches()) {
          throw new InvalidInputException(
              "allowed host", Names.quoted(host), "a host name or address without scheme and port");
        }
        allowedHosts.add(host);
      }
      return this;
    }

    /**
     * Sets how long {@link LocalAppServer#close()} waits for requests under way. Default 10 s. Zero
     * does not wait; a time too long to count waits until all have ended.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder drainTimeout(Duration drainTimeout) {
      if (drainTimeout.isNegative()) {
        throw new InvalidInputException("drainTimeout", drainTimeout.toString(), "zero or more");
      }
      this.drainTimeout = drainTimeout;
      return this;
    }

    /**
     * Sets the executor that serves connections, for example one virtual thread each. It gets one
     * task for each connection, which runs the handlers and ends with the connection. So it should
     * run as many tasks at a time as there are connections; a connection that it rejects is closed.
     * It stays the caller's to close. Default: daemon threads named {@code w7s-<repo>-<n>}, as many
     * as there are connections.
     */
    public Builder executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Starts the server.
     *
     * @throws ConfigurationException when the port is taken, or others can reach the address and
     *     the server would let in what is not signed
     */
    public LocalAppServer start() {
      AppId id = app.id();
      if (secrets == null && !address.isLoopbackAddress()) {
        throw new ConfigurationException(
            "Cannot serve %s on %s: others can reach that address, and would run its handlers. Set signed(...) to the secrets that senders sign with."
                .formatted(id, address.getHostAddress()));
      }
      HttpServer.Builder http =
          HttpServer.builder(httpHandler())
              .address(address)
              .port(port)
              .threadPrefix("w7s-" + id.repo() + "-")
              .hosts(allowedHosts)
              .maxConnections(MAX_CONNECTIONS)
              .idleTimeout(IDLE_TIMEOUT);
      if (executor != null) {
        http.executor(executor);
      }
      if (secrets != null) {
        http.anyHost();
      }
      try {
        var server = new LocalAppServer(id, address, http.start(), drainTimeout);
        log.info("{} is served at {}", id, server.url());
        return server;
      } catch (IOException e) {
        throw new ConfigurationException(
            "Cannot serve %s on port %d of %s (%s): choose another port, or 0 for a free one."
                .formatted(id, port, address.getHostAddress(), e.getMessage()),
            e);
      }
    }

    private HttpHandler httpHandler() {
      return secrets == null
          ? new LocalAppHandler(app, handler, address)
          : new SignedAppHandler(
              new LocalUrlShape(app.id()), SignedHandler.builder(handler, secrets).build());
    }
  }
}

package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves an app over HTTP on this machine's loopback address, in the URL shape of w7s-local.
 * Thread-safe; keeps the JVM alive until it is closed.
 *
 * <pre>{@code
 * try (LocalAppServer server = LocalAppServer.start(worker, 8792)) {
 *   server.url();                                     // http://127.0.0.1:8792/worker
 * }
 * }</pre>
 *
 * <p>A path of the app is reached at {@code /<repo>/path} and, without the prefix, at {@code
 * /path}; {@code /<repo>} alone is {@code /}. So the first segment of a path cannot be the app's
 * own repository name unless the prefix is before it. The host may also be {@code
 * <owner>.local.w7s.cloud} or {@code <environment>--<owner>.local.w7s.cloud}; one of another owner
 * is answered with 404. The app sees its own path, and the headers {@code x-w7s-org-slug}, {@code
 * x-w7s-repo-slug} and {@code x-w7s-original-path} (the path as it came), whatever the sender wrote
 * there. Behind a w7s-local router, which takes the prefix away and sets these headers itself, path
 * and headers reach the app as they are: it is known by an original path that is {@code /<repo>}
 * and the path.
 *
 * <p>The server itself answers:
 *
 * <ul>
 *   <li>{@code GET /_w7s/local/status} with {@code {"ok":true,"owner","repo","repository","url"}};
 *   <li>a body larger than {@link W7sApp#maxBodyBytes()} with 413, without handing it to the app;
 *   <li>a body that breaks off, or is badly encoded, with 400;
 *   <li>requests that come while it is being closed with 503;
 *   <li>a defect of the SDK, or an {@link Error} in a handler, with 500, which tells nothing of it.
 * </ul>
 *
 * <p>The reason is JSON, {@code {"ok":false,"error":"reason"}}. So it is for what is not HTTP/1.1:
 * 400, or 431 where the head is larger than 200 headers or 64 KiB a line. A connection on which
 * nothing is sent for {@link #IDLE_TIMEOUT}, between requests or within one, is closed.
 */
public final class LocalAppServer implements AutoCloseable {

  /** How many connections are served at a time; others wait to be taken in. */
  public static final int MAX_CONNECTIONS = 1024;

  /** After how long a connection is closed on which nothing is sent: 30 seconds. */
  public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  /** How long {@link #close()} waits for requests under way: 10 seconds. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(LocalAppServer.class);
  private static final int MAX_PORT = 65_535;

  private final AppId app;
  private final ServerSocket door;
  private final Connections connections;
  private final @Nullable ExecutorService ownThreads;
  private final Duration drainTimeout;
  private final URI url;
  private final InFlight inFlight = new InFlight();
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalAppServer(Builder builder) {
    app = builder.app.id();
    door = bound(app, builder.port);
    drainTimeout = builder.drainTimeout;
    url = URI.create("http://127.0.0.1:" + port() + "/" + app.repo());
    String threadName = "w7s-" + app.repo() + "-";
    Executor executor = builder.executor;
    if (executor == null) {
      ownThreads = Executors.newCachedThreadPool(new DaemonThreads(threadName));
      executor = ownThreads;
    } else {
      ownThreads = null;
    }
    var http = new AppHttp(new AppExchange(builder.app, url, inFlight), IDLE_TIMEOUT);
    connections = new Connections(door, MAX_CONNECTIONS, http, executor, threadName + "accept");
    connections.start();
    log.info("{} is served at {}", app, url);
  }

  /**
   * Starts a server with the defaults.
   *
   * @param port the port; 0 for a free one
   * @throws ConfigurationException when the port is taken
   * @throws InvalidInputException when it is no port
   */
  public static LocalAppServer start(W7sApp app, int port) {
    return builder(app).port(port).start();
  }

  /** Starts a server with the defaults on a free port; see {@link #url()}. */
  public static LocalAppServer start(W7sApp app) {
    return builder(app).start();
  }

  /** Begins a server with settings of its own. */
  public static Builder builder(W7sApp app) {
    return new Builder(app);
  }

  /** Returns the app's base URL with its prefix, such as {@code http://127.0.0.1:8791/worker}. */
  public URI url() {
    return url;
  }

  /** Returns the port, never 0. */
  public int port() {
    return door.getLocalPort();
  }

  /**
   * Answers every new request with 503, lets those under way finish, and stops. Those that take
   * longer than the drain timeout are cut off and logged, their threads interrupted. An interrupt
   * ends the wait at once, and the flag stays set. Not to be called by a handler, which would wait
   * for itself. Closing twice does nothing; an executor that was given stays open.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    boolean drained = drain();
    connections.close();
    if (ownThreads != null && drained) {
      ownThreads.shutdown();
    } else if (ownThreads != null) {
      ownThreads.shutdownNow();
    }
  }

  private boolean drain() {
    try {
      int left = inFlight.drain(drainTimeout);
      if (left > 0) {
        log.warn("{} is stopped with {} requests under way after {}", app, left, drainTimeout);
      }
      return left == 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      log.warn("{} is stopped without waiting for the requests under way", app);
      return false;
    }
  }

  /** Returns the app and its URL. */
  @Override
  public String toString() {
    return "LocalAppServer[" + app + " at " + url + "]";
  }

  private static ServerSocket bound(AppId app, int port) {
    try {
      var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      return new ServerSocket(port, MAX_CONNECTIONS, loopback);
    } catch (IOException e) {
      throw new ConfigurationException(
          "Cannot serve %s on port %d of 127.0.0.1 (%s): choose another port, or 0 for a free one."
              .formatted(app, port, e.getMessage()),
          e);
    }
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {

    private final W7sApp app;
    private int port;
    private Duration drainTimeout = DEFAULT_DRAIN_TIMEOUT;
    private @Nullable Executor executor;

    private Builder(W7sApp app) {
      this.app = app;
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
     * Sets how long {@link LocalAppServer#close()} waits for requests under way. Default 10 s; zero
     * waits for none.
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
     * Sets what serves connections, for example one virtual thread each: one task for each of them
     * until it is closed, handlers included. So it should run as many tasks at a time as there are
     * connections; one that it does not take is closed. It stays the caller's to close. Default:
     * daemon threads named {@code w7s-<repo>-<n>}, as many as there are connections.
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Starts the server.
     *
     * @throws ConfigurationException when the port is taken
     */
    public LocalAppServer start() {
      return new LocalAppServer(this);
    }
  }
}

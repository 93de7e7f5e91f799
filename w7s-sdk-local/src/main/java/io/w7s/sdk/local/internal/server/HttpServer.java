package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server, by default on 127.0.0.1 for this machine alone. Each connection is served by
 * one task until it ends. Thread-safe; keeps the JVM alive until it is closed.
 *
 * <p>Beside what the handler refuses, it refuses by itself: requests that RFC 9112 calls invalid
 * (400, 414, 417, 431, 501, 505), requests of web pages of other sites (403, see {@link
 * OriginPolicy}), heads and bodies that come too slowly (408), bodies for which there is no memory
 * (503), and requests that come while the server is being stopped (503).
 */
public final class HttpServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  /** 127.0.0.1. */
  public static final InetAddress LOOPBACK = loopback();

  /** The pause after a connection could not be accepted, for example for lack of file handles. */
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  /** How often the acceptor looks for stuck connections. */
  private static final Duration RECHECK = Duration.ofSeconds(1);

  /** More than the acceptor needs to end, unless the executor holds it up. */
  private static final long ACCEPTOR_END_MILLIS = 1_000;

  final HttpHandler handler;
  final @Nullable OriginPolicy origins;
  final Limits limits;
  final TimeSource time;
  final BodyMemory memory;
  final InFlight inFlight = new InFlight();

  private final ServerSocket listener;
  private final Executor executor;
  private final @Nullable ExecutorService ownThreads;
  private final Thread acceptor;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition placeFree = lock.newCondition();
  private final Set<HttpConnection> open = new HashSet<>();
  private volatile boolean crowded;
  private volatile boolean closed;

  private HttpServer(Builder builder, ServerSocket listener) {
    this.listener = listener;
    handler = builder.handler;
    origins = builder.anyHost ? null : new OriginPolicy(builder.hosts);
    limits = builder.limits();
    time = builder.time;
    memory = new BodyMemory(limits.bodyMemory());
    if (builder.executor == null) {
      ownThreads = Executors.newCachedThreadPool(new DaemonThreads(builder.threadPrefix));
      executor = ownThreads;
    } else {
      ownThreads = null;
      executor = builder.executor;
    }
    acceptor = new Thread(this::accept, builder.threadPrefix + "accept");
    acceptor.setDaemon(false); // a server that is not closed keeps the JVM alive
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException e) { // four bytes are an address
      throw new IllegalStateException(e);
    }
  }

  /** Begins a server that passes its requests to a handler. */
  public static Builder builder(HttpHandler handler) {
    return new Builder(handler);
  }

  /** Returns the port, never 0. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Returns whether {@link #close} was called. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns whether a connection waits for another one to end. */
  boolean isCrowded() {
    return crowded;
  }

  private void accept() {
    try {
      while (!closed) {
        cutUnread();
        try {
          serve(new HttpConnection(this, listener.accept()));
        } catch (SocketTimeoutException nobodyCame) {
          // time for another look
        } catch (IOException failed) {
          if (!closed) {
            log.warn("A connection was not accepted: {}", SafeText.of(failed.toString()));
          }
          TimeSource.system().sleep(AFTER_FAILURE);
        }
      }
    } catch (InterruptedException closing) {
      // nobody else has the thread
    }
  }

  /** Ends the connections whose senders do not read their response. A blocked write cannot. */
  private void cutUnread() {
    for (HttpConnection each : connections()) {
      if (each.timed().evictIfUnread()) {
        log.warn("A connection was closed, because nobody reads its response");
        each.cut();
      }
    }
  }

  private void serve(HttpConnection connection) throws InterruptedException {
    if (!awaitPlace(connection)) {
      connection.cut();
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              connection.serve();
            } finally {
              ended(connection);
            }
          });
    } catch (RejectedExecutionException full) {
      log.warn("A connection was closed at once, because the executor takes no more tasks");
      ended(connection);
    }
  }

  /**
   * Takes a place for a connection. If all are taken, the connection that has waited longest for a
   * request to come in whole makes room.
   *
   * @return false when the server is closed
   */
  private boolean awaitPlace(HttpConnection connection) throws InterruptedException {
    lock.lock();
    try {
      while (open.size() >= limits.connections() && !closed) {
        crowded = true; // from here on a connection that becomes idle ends
        if (!evictOne()) {
          placeFree.awaitNanos(RECHECK.toNanos());
        }
      }
      crowded = false;
      return !closed && open.add(connection);
    } finally {
      lock.unlock();
    }
  }

  private boolean evictOne() {
    HttpConnection oldest =
        open.stream()
            .filter(each -> each.timed().isEvictable())
            .min(Comparator.comparingLong(each -> each.timed().since()))
            .orElse(null);
    if (oldest == null || !oldest.timed().evict()) {
      return false;
    }
    open.remove(oldest);
    oldest.cut();
    return true;
  }

  private void ended(HttpConnection connection) {
    lock.lock();
    try {
      open.remove(connection);
      placeFree.signal();
    } finally {
      lock.unlock();
    }
    connection.cut();
  }

  /**
   * Refuses new requests with 503, and waits until none is under way or the server is closed.
   *
   * @return how many requests are under way when the wait ends; 0 when all have ended
   * @throws InterruptedException at once when the thread is interrupted
   */
  public int drain(Duration timeout) throws InterruptedException {
    return inFlight.drain(timeout);
  }

  /**
   * Gives up the port, cuts all connections and interrupts the threads of its own. Ends {@link
   * #drain} at once. Closing twice does nothing.
   */
  @Override
  public void close() {
    closed = true;
    inFlight.close();
    try {
      listener.close();
    } catch (IOException broken) {
      log.warn("The port {} was not given up: {}", port(), SafeText.of(broken.toString()));
    }
    acceptor.interrupt();
    connections().forEach(HttpConnection::cut);
    if (ownThreads != null) {
      ownThreads.shutdownNow();
    }
    try {
      acceptor.join(ACCEPTOR_END_MILLIS); // the port is not free before it ends
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<HttpConnection> connections() {
    lock.lock();
    try {
      return new ArrayList<>(open);
    } finally {
      lock.unlock();
    }
  }

  /** Settings of a server. Not thread-safe. */
  public static final class Builder {

    private final HttpHandler handler;
    private InetAddress address = LOOPBACK;
    private int port;
    private boolean anyHost;
    private String threadPrefix = "w7s-http-";
    private @Nullable Executor executor;
    private Collection<String> hosts = List.of();
    private int maxConnections = 1024;
    private Duration idleTimeout = Duration.ofSeconds(30);
    private Duration headTimeout = Duration.ofSeconds(10);
    private Duration bodyTimeout = Duration.ofSeconds(10);
    private int bodyBytesPerSecond = 16 * 1024;
    private long bodyMemory = Runtime.getRuntime().maxMemory() / 4;
    private TimeSource time = TimeSource.system();

    private Builder(HttpHandler handler) {
      this.handler = handler;
    }

    /** Sets the address. Default 127.0.0.1. */
    public Builder address(InetAddress address) {
      this.address = address;
      return this;
    }

    /** Sets the port. Default 0, which takes a free one. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Sets what the names of the server's own threads begin with. */
    public Builder threadPrefix(String threadPrefix) {
      this.threadPrefix = threadPrefix;
      return this;
    }

    /**
     * Sets what serves connections, each with one task until it ends. It stays the caller's to
     * close. Default: daemon threads of the server's own, as many as there are connections.
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /** Sets the host names that requests may name beside those of this machine. */
    public Builder hosts(Collection<String> hosts) {
      this.hosts = hosts;
      return this;
    }

    /** Allows requests that name any host and come from any origin: the handler knows senders. */
    public Builder anyHost() {
      this.anyHost = true;
      return this;
    }

    /** Sets how many connections are served at a time. Default 1,024. */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** Sets how long a connection may be silent between requests. Default 30 s. */
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = idleTimeout;
      return this;
    }

    /** Sets how long a head may take from its first byte on. Default 10 s. */
    public Builder headTimeout(Duration headTimeout) {
      this.headTimeout = headTimeout;
      return this;
    }

    /**
     * Sets how long a body may take beside the second that each of some bytes gives it. Default 10
     * s and 16 KiB.
     */
    public Builder bodyTimeout(Duration bodyTimeout, int bytesPerSecond) {
      this.bodyTimeout = bodyTimeout;
      this.bodyBytesPerSecond = bytesPerSecond;
      return this;
    }

    /**
     * Sets how many bytes the bodies of all requests under way may hold, beside the first 64 KiB of
     * each. Default a quarter of the largest heap.
     */
    public Builder bodyMemory(long bodyMemory) {
      this.bodyMemory = bodyMemory;
      return this;
    }

    /** Sets the clock that measures senders. Default the machine's. */
    public Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    private Limits limits() {
      return new Limits(
          maxConnections, idleTimeout, headTimeout, bodyTimeout, bodyBytesPerSecond, bodyMemory);
    }

    /**
     * Starts the server.
     *
     * @throws IOException when the port is taken
     */
    public HttpServer start() throws IOException {
      var listener = new ServerSocket(port, maxConnections, address);
      try {
        listener.setSoTimeout((int) RECHECK.toMillis());
        var server = new HttpServer(this, listener);
        server.acceptor.start();
        return server;
      } catch (IOException | RuntimeException | Error failed) {
        listener.close();
        throw failed;
      }
    }
  }
}

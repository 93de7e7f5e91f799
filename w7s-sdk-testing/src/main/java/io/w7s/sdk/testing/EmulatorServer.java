package io.w7s.sdk.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppEndpoint;
import io.w7s.sdk.error.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a platform's HTTP API on a free port of this machine's loopback address, for tests of what
 * talks HTTP itself. Who calls is told by the tokens of {@code
 * platform.deployment(...).get().tokens()}. Thread-safe.
 *
 * <pre>{@code
 * try (EmulatorServer server = EmulatorServer.start(w7s.platform())) {
 *   server.url();                                   // http://127.0.0.1:40123
 *   server.link(LinkState.LOSES_ANSWERS);                // from now on no caller hears of its success
 * }
 * }</pre>
 *
 * <p>Calls are handled on daemon threads, as many as there are calls. Under a virtual clock they do
 * not move it, so messages wait until the test does.
 *
 * <p>The first use sets the system property {@code sun.net.httpserver.nodelay} to true unless it is
 * set, for the JDK's server is slow without it.
 */
public final class EmulatorServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmulatorServer.class);
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  static {
    // read once, when the JDK loads its server
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private final AppEndpoint backend;
  private final ExecutorService threads = threads();
  private final Object lock = new Object();
  private final int port;
  private HttpServer server;
  private LinkState link = LinkState.GOOD;
  private boolean closed;

  private EmulatorServer(AppEndpoint backend) {
    this.backend = backend;
    server = listen(0);
    port = server.getAddress().getPort();
  }

  /**
   * Starts a server.
   *
   * @throws ConfigurationException when there is no free port
   */
  public static EmulatorServer start(Platform platform) {
    return serving(platform.controlPlane()::handle);
  }

  /**
   * Starts a server of anything else that answers, such as an app at its local URL, for tests of
   * what becomes of calls when the way to it is bad.
   *
   * @throws ConfigurationException when there is no free port
   */
  public static EmulatorServer serving(AppEndpoint backend) {
    return new EmulatorServer(backend);
  }

  /** Returns the base URL, without a slash at its end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Sets how it stands with the way to the platform, from the next call on. Calls that have stalled
   * are cut off. {@link LinkState#DOWN} gives up the port, and any other takes it again.
   *
   * @throws ConfigurationException when somebody else has taken the port
   */
  public void link(LinkState changed) {
    synchronized (lock) {
      if (closed || changed == link) {
        return;
      }
      if (changed == LinkState.DOWN) {
        server.stop(0);
      } else if (link == LinkState.DOWN) {
        server = listen(port);
      }
      link = changed;
      lock.notifyAll();
    }
  }

  private HttpServer listen(int wanted) {
    try {
      var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer created = HttpServer.create(new InetSocketAddress(loopback, wanted), 0);
      created.setExecutor(threads);
      created.createContext("/", this::handle);
      created.start();
      return created;
    } catch (IOException e) {
      throw new ConfigurationException("Cannot serve the emulator: " + e.getMessage(), e);
    }
  }

  private void handle(HttpExchange exchange) {
    try (exchange) { // closing what was not answered cuts the connection
      var wire = new HttpWire(exchange);
      LinkState now = current();
      if (now == LinkState.GOOD || now == LinkState.LOSES_ANSWERS) {
        AppResponse response = backend.handle(wire.request());
        if (current() == LinkState.GOOD) {
          wire.send(response);
        }
      } else if (now == LinkState.STALLED) {
        wire.request(); // all of it is read, so that the caller waits for the answer
        stall();
      }
    } catch (IOException gone) {
      log.debug("{}: its sender is gone ({})", exchange.getRequestURI(), gone.getMessage());
    } catch (RuntimeException | Error defect) {
      log.error("{} failed", exchange.getRequestURI().getPath(), defect);
    }
  }

  private LinkState current() {
    synchronized (lock) {
      return link;
    }
  }

  private void stall() {
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

  /** Cuts off the calls under way and stops. Closing twice does nothing. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  private static ExecutorService threads() {
    var number = new AtomicInteger();
    return Executors.newCachedThreadPool(
        task -> {
          var thread = new Thread(task, "w7s-emulator-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Returns the URL. */
  @Override
  public String toString() {
    return "EmulatorServer[" + url() + "]";
  }
}

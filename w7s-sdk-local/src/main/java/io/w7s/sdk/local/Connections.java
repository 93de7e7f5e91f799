package io.w7s.sdk.local;

import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in connections, and has each of them served by one task until it ends. Thread-safe. */
final class Connections implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LocalAppServer.class);

  /** Until files are closed again, say, of which there may be only so many. */
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  /** More than it takes where the executor does not hold up the one who hands it a connection. */
  private static final Duration LONGEST_END = Duration.ofSeconds(1);

  private final ServerSocket door;
  private final AppHttp http;
  private final Executor executor;
  private final Semaphore free;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private volatile boolean closed;

  /**
   * Serves what comes in at a door, which is closed with this; not before {@link #start}.
   *
   * @param most how many are served at a time; others wait at the door
   */
  Connections(ServerSocket door, int most, AppHttp http, Executor executor, String threadName) {
    this.door = door;
    this.free = new Semaphore(most);
    this.http = http;
    this.executor = executor;
    this.acceptor = new Thread(this::accept, threadName);
    this.acceptor.setDaemon(false); // a server that is not closed keeps the JVM alive
  }

  void start() {
    acceptor.start();
  }

  private void accept() {
    try {
      while (!closed) {
        free.acquire();
        Socket socket = next();
        if (socket == null) {
          free.release();
          TimeSource.system().sleep(AFTER_FAILURE);
        } else {
          hand(socket);
        }
      }
    } catch (InterruptedException closing) {
      // nobody else has the thread
    }
  }

  /** Returns the next connection; null where that failed. */
  private @Nullable Socket next() {
    try {
      return door.accept();
    } catch (IOException failed) {
      if (!closed) {
        log.warn("a connection was not taken in: {}", failed.getMessage());
      }
      return null;
    }
  }

  private void hand(Socket socket) {
    open.add(socket);
    try {
      if (closed) {
        end(socket);
      } else {
        executor.execute(() -> serve(socket));
      }
    } catch (RejectedExecutionException full) {
      log.warn("a connection was closed at once: the executor does not take it");
      end(socket);
    }
  }

  private void serve(Socket socket) {
    try {
      http.serve(socket);
    } catch (IOException | HttpException gone) {
      log.debug("a sender is gone: {}", gone.getMessage());
    } finally {
      end(socket);
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    free.release();
    cut(socket);
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // it is of no use either way
    }
  }

  /** Takes in no more, and cuts off those that are there. */
  @Override
  public void close() {
    closed = true;
    try {
      door.close();
    } catch (IOException broken) {
      log.debug("the port was not given up: {}", broken.getMessage());
    }
    acceptor.interrupt();
    open.forEach(Connections::cut);
    try {
      acceptor.join(LONGEST_END.toMillis()); // as long as it listens the port is not free
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

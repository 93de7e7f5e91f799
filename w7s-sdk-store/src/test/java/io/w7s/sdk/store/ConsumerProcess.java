package io.w7s.sdk.store;

import static java.time.Duration.ofSeconds;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * One of the processes that {@link KilledProcessesTest} kills: consumes a queue, and writes into
 * the database when each handler begins and ends.
 */
final class ConsumerProcess {

  static final QueueRef<Work> JOBS = AppRef.of("acme/worker").queue("jobs", Work.class);

  /**
   * What a message asks for.
   *
   * @param millis how long its handler takes
   * @param poison whether its handler fails, always
   */
  record Work(long millis, boolean poison) {}

  private ConsumerProcess() {}

  /** Takes the URL of the database and the number of this process. Writes its port. */
  public static void main(String[] args) throws IOException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    HikariDataSource pool = Databases.pool(args[0]);
    pool.setMaximumPoolSize(30);
    int process = Integer.parseInt(args[1]);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .consumption(
                each ->
                    each.once(JdbcProcessedMessages.of(pool))
                        .park(JdbcParkedMessages.of(pool))
                        .lease(ofSeconds(2))
                        .longestWait(ofSeconds(5)))
            .on(JOBS, message -> handle(message, pool, process))
            .build();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> serve(app, exchange));
    server.start();
    System.out.println(server.getAddress().getPort());
    while (System.in.read() >= 0) {
      // until the test has ended
    }
    System.exit(0);
  }

  private static void serve(W7sApp app, HttpExchange exchange) throws IOException {
    try (exchange) {
      AppResponse response =
          app.handle(
              new AppRequest(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getPath(),
                  "",
                  Headers.none(),
                  exchange.getRequestBody().readAllBytes()));
      byte[] body = response.body();
      exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void handle(QueueMessage<Work> message, DataSource pool, int process)
      throws SQLException {
    long run = begin(pool, message.id(), process);
    // What a handler does: time passes.
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(message.body().millis());
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    end(pool, run);
    if (message.body().poison()) {
      throw new IllegalStateException("poison");
    }
  }

  private static long begin(DataSource pool, String message, int process) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO runs (message, process, began_at) VALUES (?, ?, clock_timestamp())"
                    + " RETURNING id")) {
      insert.setString(1, message);
      insert.setInt(2, process);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void end(DataSource pool, long run) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE runs SET ended_at = clock_timestamp() WHERE id = ?")) {
      update.setLong(1, run);
      update.executeUpdate();
    }
  }
}

package io.w7s.sdk.store.event;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * One of the processes that {@link KilledOutboxProcessesTest} kills: sends what is in the outbox to
 * a platform that is in its own memory, and consumes it. Its death takes what was sent and not
 * handled along.
 */
final class OutboxProcess {

  record Job(String name) {}

  static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);

  private static final long A_WHILE = Duration.ofMillis(50).toNanos();

  private OutboxProcess() {}

  /** Takes the URL of the database. Says when it is ready, and begins when it is told to. */
  public static void main(String[] args) throws IOException {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    HikariDataSource pool = Databases.pool(args[0]);
    InMemoryW7s memory = InMemoryW7s.create();
    Outbox outbox =
        Outbox.builder(EventStore.of(pool), shop(memory))
            .lease(Duration.ofSeconds(2))
            .confirmWithin(Duration.ofSeconds(2))
            .resends(1_000)
            .build();
    memory.deploy(W7sApp.builder(AppRef.of("acme/shop")).build());
    memory.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .consumption(
                each ->
                    each.once(JdbcProcessedMessages.of(pool), OutboxProcess::key).confirm(outbox))
            .on(JOBS, message -> handle(pool, message.body().name()))
            .build());
    System.out.println("ready");
    for (int read = 0; read != '\n'; read = System.in.read()) {
      if (read < 0) {
        return; // the test has ended
      }
    }
    outbox.start();
    var platform =
        new Thread(
            () -> {
              while (true) {
                memory.runUntilIdle();
                LockSupport.parkNanos(1_000_000);
              }
            });
    platform.setDaemon(true);
    platform.start();
    while (System.in.read() >= 0) {
      // until the test has ended
    }
    System.exit(0);
  }

  /** Its calls have no end by the clock of the platform, which another thread moves meanwhile. */
  private static W7s shop(InMemoryW7s memory) {
    return memory
        .connect("acme/shop")
        .options(call -> call.timeout(Duration.ofDays(1)).attemptTimeout(Duration.ofDays(1)))
        .intercept(
            call -> {
              LockSupport.parkNanos(A_WHILE); // so that some are on their way when it is killed
              return CallObserver.NONE;
            })
        .build();
  }

  private static String key(Object message) {
    return ((io.w7s.sdk.queue.QueueMessage<?>) message).body() instanceof Job job ? job.name() : "";
  }

  private static void handle(DataSource pool, String name) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO handled (name) VALUES (?)")) {
      insert.setString(1, name);
      insert.executeUpdate();
    }
  }
}

package io.w7s.sdk.store;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.HandlerFailure;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;

/** What becomes of messages while their database cannot be used. */
class StoreFailuresTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(W7sApp.class);

  @TempDir private Path directory;

  private final String queue = "q" + UUID.randomUUID();
  private final QueueRef<String> jobs = AppRef.of("acme/worker").queue(queue, String.class);
  private final List<String> handled = new ArrayList<>();

  /** Goes down when a renewal has failed. */
  private final CountDownLatch notRenewed = new CountDownLatch(1);

  private final AppenderBase<ILoggingEvent> renewals =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().contains("could not be renewed")) {
            notRenewed.countDown();
          }
        }
      };

  @BeforeEach
  void listen() {
    renewals.start();
    LOG.addAppender(renewals);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(renewals);
  }

  private interface Handler {
    void handle(QueueMessage<String> message) throws Exception;
  }

  private W7sApp worker(JdbcProcessedMessages processed, Handler handler) {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .consumption(each -> each.once(processed).lease(ofSeconds(1)))
        .on(
            jobs,
            message -> {
              handled.add(message.id());
              handler.handle(message);
            })
        .build();
  }

  private AppResponse deliver(W7sApp app, int attempt) {
    return Deliveries.deliver(app, queue, Deliveries.message("m1", attempt, "\"work\""));
  }

  /** The renewal waits for a connection, and fails; nobody else wants the message. */
  @Test
  void aHandlerMayHoldTheOnlyConnectionForLongerThanItsLease() throws Exception {
    try (HikariDataSource one = poolOfOne()) {
      JdbcProcessedMessages processed = JdbcProcessedMessages.of(one);
      W7sApp app =
          worker(
              processed,
              message -> {
                try (Connection connection = one.getConnection()) {
                  connection.setAutoCommit(false);
                  assertThat(notRenewed.await(60, TimeUnit.SECONDS)).isTrue();
                  processed.complete(message.claim(), connection);
                  connection.commit();
                }
              });

      assertThat(deliver(app, 1).status()).isEqualTo(200);
      assertThat(deliver(app, 2).status()).isEqualTo(200);
      assertThat(handled).containsExactly("m1");
    }
  }

  @Test
  void aHandlerThatAsksForAConnectionMoreThanThereAreFailsWhenThePoolGivesUp() {
    try (HikariDataSource one = poolOfOne()) {
      JdbcProcessedMessages processed = JdbcProcessedMessages.of(one);
      W7sApp app =
          worker(
              processed,
              message -> {
                if (message.attempt() == 1) {
                  try (Connection connection = one.getConnection()) {
                    processed.complete(message.claim());
                  }
                }
              });

      AppResponse first = deliver(app, 1);

      assertThat(first.status()).isEqualTo(500);
      assertThat(first.failures())
          .extracting(HandlerFailure::cause)
          .hasOnlyElementsOfType(StoreException.class);
      assertThat(deliver(app, 2).status()).isEqualTo(200);
      assertThat(handled).containsExactly("m1", "m1");
    }
  }

  private static HikariDataSource poolOfOne() {
    HikariDataSource one = Databases.pool(Databases.postgresUrl());
    one.setMaximumPoolSize(1);
    one.setConnectionTimeout(250);
    return one;
  }

  @Test
  void aConnectionThatIsLostBringsTheBatchBack() throws SQLException {
    DataSource postgres = Databases.POSTGRESQL.dataSource();
    var current = new AtomicReference<>(connect());
    DataSource lost =
        Databases.proxy(
            DataSource.class,
            (proxy, method, args) -> Databases.alwaysThis(current.get()).getConnection());
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(lost);
    W7sApp app =
        worker(
            processed,
            message -> {
              if (message.attempt() == 1) {
                terminate(postgres, current.get());
              }
            });

    AppResponse first = deliver(app, 1);
    AppResponse whileLost = deliver(app, 2);
    assertThatThrownBy(() -> processed.done(jobs.app() + "/" + queue, List.of("m1")))
        .isInstanceOf(StoreException.class)
        .hasMessage("cannot look up messages (SQL state 08003)");
    current.get().close();
    current.set(connect());
    AppResponse last = deliver(app, 3);
    current.get().close();

    assertThat(first.status()).isEqualTo(503);
    assertThat(whileLost.status()).isEqualTo(503);
    assertThat(last.status()).isEqualTo(200);
    assertThat(handled).containsExactly("m1", "m1");
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(Databases.postgresUrl());
  }

  private static void terminate(DataSource postgres, Connection connection) throws SQLException {
    int pid = connection.unwrap(PGConnection.class).getBackendPID();
    try (Connection admin = postgres.getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(" + pid + ", 60000)");
    }
  }

  @Test
  void aDatabaseThatAnotherProcessLocksBringsTheBatchBack() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("w7s.db");
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl(url + "?busy_timeout=50");
    StoreSchema.migrate(sqlite);
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(sqlite);
    W7sApp app = worker(processed, message -> {});
    Process locker = ChildJvm.start(Locker.class, url);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(locker.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("locked");

      assertThat(deliver(app, 1).status()).isEqualTo(503);
      assertThatThrownBy(() -> processed.complete("acme/worker/jobs", "m1"))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("cannot mark a message as done");
    } finally {
      locker.destroyForcibly().waitFor();
    }

    assertThat(handled).isEmpty();
    assertThat(deliver(app, 2).status()).isEqualTo(200);
    assertThat(handled).containsExactly("m1");
  }

  /** Locks a database until it is killed. */
  static final class Locker {

    private Locker() {}

    public static void main(String[] args) throws SQLException, IOException {
      try (Connection connection = DriverManager.getConnection(args[0]);
          Statement statement = connection.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        System.out.println("locked");
        System.in.read();
      }
    }
  }
}

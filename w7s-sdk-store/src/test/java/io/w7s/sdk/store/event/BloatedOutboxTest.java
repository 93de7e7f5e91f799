package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.OutgoingCall;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.testing.InMemoryW7s;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps rows that were sent as long as a transaction is open that could see them. */
class BloatedOutboxTest {

  private static final int SENT = 200_000;
  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  private EmbeddedPostgres postgres;
  private HikariDataSource pool;
  private Connection reader;

  @BeforeEach
  void deleteMany() throws Exception {
    postgres = Databases.startPostgres();
    pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"));
    StoreSchema.migrate(pool);
    Sql.execute(
        pool,
        "INSERT INTO w7s_event (id, subject, happened_at, body) VALUES ('e', 'notes', 1, '')");
    insert(SENT);
    reader = pool.getConnection();
    reader.setAutoCommit(false);
    reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = reader.createStatement()) {
      statement.executeQuery("SELECT 1 FROM w7s_outbox LIMIT 1").close();
    }
    Sql.execute(pool, "DELETE FROM w7s_outbox");
  }

  @AfterEach
  void stop() throws Exception {
    reader.rollback();
    reader.close();
    pool.close();
    postgres.close();
  }

  private void insert(int rows) throws SQLException {
    Sql.execute(
        pool,
        "INSERT INTO w7s_outbox (event_id, kind, target, delay_seconds, state, due_at, epoch,"
            + " attempts, appended_at) SELECT 'e', 'QUEUE', 'acme/worker/jobs', 0, 'READY', i, 0,"
            + (" 0, 1 FROM generate_series(1, " + rows + ") i"));
  }

  @Test
  void rowsThatWereSentAreLookedAtSeldom() throws Exception {
    var looks = new AtomicInteger();

    sendFor(TimeUnit.SECONDS.toNanos(3), countingLooks(pool, looks));

    assertThat(looks).hasValueBetween(1, 4);
  }

  @Test
  void aRowIsFoundByItsNumberThoughTheStatisticsSayThatThereAreFew() throws Exception {
    Sql.execute(pool, "ANALYZE w7s_outbox");
    insert(1);

    for (ParkedHead parkedHead : ParkedHead.values()) {
      assertThat(plan(OutboxRows.claimSql(Dialect.POSTGRESQL, parkedHead), "0", "10", "30000"))
          .containsPattern("using w7s_outbox_pkey on w7s_outbox.*\\n *Index Cond: \\(seq = ");
    }
    assertThat(plan("DELETE FROM w7s_outbox" + OutboxRows.THE_SAME_CLAIM, "1", "1"))
        .containsPattern("using w7s_outbox_pkey on w7s_outbox.*\\n *Index Cond: \\(seq = ");
  }

  /** Returns how a statement would be run with these parameters. */
  private String plan(String sql, String... parameters) throws SQLException {
    String text = sql.replace(":now", Dialect.POSTGRESQL.now());
    for (String parameter : parameters) {
      text = text.replaceFirst("\\?", parameter);
    }
    return String.join("\n", Sql.texts(pool, "EXPLAIN " + text));
  }

  /** Counts the claims that leave nothing out, however long ago it was due. */
  private static DataSource countingLooks(DataSource pool, AtomicInteger looks) {
    return Databases.proxy(
        DataSource.class,
        (proxy, method, args) ->
            method.invoke(pool, args) instanceof Connection connection
                ? countingLooks(connection, looks)
                : null);
  }

  private static Connection countingLooks(Connection connection, AtomicInteger looks) {
    return Databases.proxy(
        Connection.class,
        (proxy, method, args) -> {
          Object result = method.invoke(connection, args);
          return result instanceof PreparedStatement statement
                  && args[0].toString().startsWith("WITH due")
              ? countingLooks(statement, looks)
              : result;
        });
  }

  private static PreparedStatement countingLooks(PreparedStatement claim, AtomicInteger looks) {
    return Databases.proxy(
        PreparedStatement.class,
        (proxy, method, args) -> {
          if (method.getName().equals("setObject") && args[0].equals(1) && args[1].equals(0L)) {
            looks.incrementAndGet();
          }
          return method.invoke(claim, args);
        });
  }

  /** Sends one message after the other. */
  private static void sendFor(long nanos, DataSource dataSource) throws Exception {
    InMemoryW7s memory = InMemoryW7s.create();
    memory.deploy(W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build());
    BlockingQueue<OutgoingCall> sent = new LinkedBlockingQueue<>();
    long end = System.nanoTime() + nanos;
    try (W7s w7s =
            memory
                .connect("acme/shop")
                .intercept(
                    call -> {
                      sent.add(call);
                      return CallObserver.NONE;
                    })
                .build();
        Outbox outbox = Outbox.builder(EventStore.of(dataSource), w7s).build()) {
      outbox.send(JOBS, "a job", message -> {});
      outbox.start();
      while (System.nanoTime() < end) {
        sent.take();
        outbox.send(JOBS, "another", message -> {});
      }
    }
  }
}

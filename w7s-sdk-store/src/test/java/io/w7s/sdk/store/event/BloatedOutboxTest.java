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
import io.w7s.sdk.testing.InMemoryW7s;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps rows that were sent as long as a transaction is open that could see them. */
class BloatedOutboxTest {

  private static final int SENT = 200_000;
  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  @Test
  void rowsThatWereSentAreLookedAtSeldom() throws Exception {
    try (EmbeddedPostgres postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      Sql.execute(
          pool,
          "INSERT INTO w7s_event (id, subject, happened_at, body) VALUES ('e', 'notes', 1, '')");
      Sql.execute(
          pool,
          "INSERT INTO w7s_outbox (event_id, kind, target, delay_seconds, state, due_at, epoch,"
              + " attempts, appended_at) SELECT 'e', 'QUEUE', 'acme/worker/jobs', 0, 'READY', i, 0,"
              + (" 0, 1 FROM generate_series(1, " + SENT + ") i"));
      try (Connection reader = pool.getConnection();
          Statement statement = reader.createStatement()) {
        reader.setAutoCommit(false);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        statement.executeQuery("SELECT 1 FROM w7s_outbox LIMIT 1").close();
        Sql.execute(pool, "DELETE FROM w7s_outbox");

        long before = looked(pool);
        sendFor(TimeUnit.SECONDS.toNanos(3), postgres.getJdbcUrl("postgres", "postgres"));

        assertThat(looked(pool) - before).isBetween(1L, 4L);
        reader.rollback();
      }
    }
  }

  /** Returns how many times as many entries of the index were read as rows were sent. */
  private static long looked(HikariDataSource pool) throws Exception {
    return Sql.number(
            pool,
            "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'w7s_outbox_due'")
        / SENT;
  }

  /** Sends one message after the other; the statistics are there when the pool is closed. */
  private static void sendFor(long nanos, String url) throws Exception {
    InMemoryW7s memory = InMemoryW7s.create();
    memory.deploy(W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build());
    BlockingQueue<OutgoingCall> sent = new LinkedBlockingQueue<>();
    long end = System.nanoTime() + nanos;
    try (HikariDataSource pool = Databases.pool(url);
        W7s w7s =
            memory
                .connect("acme/shop")
                .intercept(
                    call -> {
                      sent.add(call);
                      return CallObserver.NONE;
                    })
                .build();
        Outbox outbox = Outbox.builder(EventStore.of(pool), w7s).build()) {
      outbox.send(JOBS, "a job", message -> {});
      outbox.start();
      while (System.nanoTime() < end) {
        sent.take();
        outbox.send(JOBS, "another", message -> {});
      }
    }
  }
}

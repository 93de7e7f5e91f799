package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Three processes with one PostgreSQL send and consume 10,000 messages, and one of them is killed
 * every 0.5 to 2 seconds. Triggers write down each claim and each end of a row. {@code
 * -Dw7s.outboxKills=100} kills more often than the build does.
 */
class KilledOutboxProcessesTest {

  private static final int KILLS = Integer.getInteger("w7s.outboxKills", 12);
  private static final int EVENTS = 10_000;
  private static final int KEYS = 200;

  private static final String[] HISTORY = {
    "CREATE TABLE handled (name text NOT NULL)",
    "CREATE TABLE history (number bigserial PRIMARY KEY, what text NOT NULL, seq bigint NOT NULL,"
        + " order_key text, epoch integer NOT NULL, former_lease bigint NOT NULL, at bigint NOT"
        + " NULL)",
    "CREATE FUNCTION write_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        + " IF TG_OP = 'DELETE' THEN"
        + " INSERT INTO history (what, seq, order_key, epoch, former_lease, at) VALUES ('end',"
        + " OLD.seq, OLD.order_key, OLD.epoch, OLD.due_at, extract(epoch FROM clock_timestamp()) *"
        + " 1000);"
        + " ELSIF NEW.epoch <> OLD.epoch THEN"
        + " INSERT INTO history (what, seq, order_key, epoch, former_lease, at) VALUES ('claim',"
        + " OLD.seq, OLD.order_key, NEW.epoch, OLD.due_at, extract(epoch FROM clock_timestamp()) *"
        + " 1000);"
        + " END IF; RETURN NULL; END $$",
    "CREATE TRIGGER history AFTER UPDATE OR DELETE ON w7s_outbox FOR EACH ROW EXECUTE FUNCTION"
        + " write_history()"
  };

  private final Process[] processes = new Process[3];
  private Process next;
  private final Random random = new Random(1);

  @Test
  void everyMessageIsHandledAndNoRowHasTwoLeasesAtATime() throws Exception {
    try (var postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      for (String sql : HISTORY) {
        Sql.execute(pool, sql);
      }
      append(pool);
      long start = System.nanoTime();
      try {
        for (int i = 0; i < processes.length; i++) {
          processes[i] = ChildJvm.start(OutboxProcess.class, pool.getJdbcUrl());
        }
        next = ChildJvm.start(OutboxProcess.class, pool.getJdbcUrl());
        for (Process process : processes) {
          begin(process);
        }
        for (int i = 0; i < KILLS; i++) {
          pause(500 + random.nextInt(1_500));
          replaceOne(pool.getJdbcUrl());
        }
        while (Sql.number(
                pool, "SELECT count(*) FROM w7s_outbox_sent WHERE confirmed_at IS NOT NULL")
            < EVENTS) {
          assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(5));
          pause(100);
        }
      } finally {
        for (Process process : processes) {
          process.destroyForcibly().waitFor();
        }
        next.destroyForcibly().waitFor();
      }
      System.out.printf(
          "%d messages, %d kills: all confirmed after %d ms%n",
          EVENTS, KILLS, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      check(pool);
    }
  }

  private static void append(HikariDataSource pool) {
    Outbox outbox =
        Outbox.builder(EventStore.of(pool), InMemoryW7s.create().as("acme/shop")).build();
    for (int i = 0; i < EVENTS; i += 100) {
      int first = i;
      outbox.inTransaction(
          connection -> {
            for (int j = first; j < first + 100; j++) {
              String name = "job-" + j;
              String key = "key-" + j % KEYS;
              outbox.send(
                  connection,
                  OutboxProcess.JOBS,
                  new OutboxProcess.Job(name),
                  message -> message.id(name).inOrderOf(key));
            }
          });
    }
  }

  /** Kills a process, and has the one that waits for this take its place at once. */
  private void replaceOne(String url) throws IOException, InterruptedException {
    int victim = random.nextInt(processes.length);
    processes[victim].destroyForcibly().waitFor();
    processes[victim] = begin(next);
    next = ChildJvm.start(OutboxProcess.class, url);
  }

  /** Has a process send once it is ready: to kill it before that would show nothing. */
  private static Process begin(Process process) throws IOException {
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    process.outputWriter().write("begin\n");
    process.outputWriter().flush();
    return process;
  }

  /** What the test is about: processes live for a while. */
  private static void pause(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void check(HikariDataSource pool) throws SQLException {
    assertThat(Sql.number(pool, "SELECT count(DISTINCT name) FROM handled")).isEqualTo(EVENTS);
    assertThat(Sql.number(pool, "SELECT count(*) FROM w7s_outbox"))
        .as("left in the outbox")
        .isZero();
    assertThat(Sql.number(pool, "SELECT count(*) FROM history WHERE what = 'claim' AND epoch > 1"))
        .as("claims of rows whose process had died")
        .isPositive();
    assertThat(
            Sql.number(
                pool, "SELECT count(*) FROM history WHERE what = 'claim' AND former_lease > at"))
        .as("claims while another lease lasted")
        .isZero();
    assertThat(
            Sql.number(
                pool,
                "SELECT count(*) FROM (SELECT seq, epoch FROM history WHERE what = 'claim'"
                    + " GROUP BY seq, epoch HAVING count(*) > 1) twice"))
        .as("claims with the same epoch")
        .isZero();
    assertThat(
            Sql.number(
                pool,
                "SELECT count(*) FROM (SELECT order_key, seq, min(number) FILTER (WHERE what ="
                    + " 'claim') AS claimed, lag(max(number) FILTER (WHERE what = 'end')) OVER"
                    + " (PARTITION BY order_key ORDER BY seq) AS former_ended FROM history WHERE"
                    + " order_key IS NOT NULL GROUP BY order_key, seq) rows WHERE former_ended >"
                    + " claimed"))
        .as("rows that were claimed before the one before them was sent")
        .isZero();
  }
}

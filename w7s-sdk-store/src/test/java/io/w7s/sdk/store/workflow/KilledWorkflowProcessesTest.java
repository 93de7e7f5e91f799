package io.w7s.sdk.store.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A rolling restart of 2,500 runs on PostgreSQL: a second process begins while the first is there,
 * both run for a while, and the first is killed. No run is stranded, and those that the first one
 * held are taken over within its lease and a poll, before a backlog of 2,000 others.
 */
class KilledWorkflowProcessesTest {

  private static final int RUNS = 2_500;

  /** What a machine with other things to do may take to notice. */
  private static final Duration LATE = Duration.ofSeconds(3);

  @Test
  void aRollingRestartStrandsNoRunAndWhatWasHeldIsTakenOver() throws Exception {
    try (var postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      Sql.execute(
          pool,
          "CREATE TABLE attempts (number bigserial PRIMARY KEY, instance text NOT NULL, process text"
              + " NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())",
          "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload,"
              + " started_at) SELECT '"
              + WorkflowProcess.CHECKOUT
              + "', 'r' || i, 'WAITING', 0, 0, i, '1'::bytea, i FROM generate_series(1, "
              + RUNS
              + ") i");
      Process first = ChildJvm.start(WorkflowProcess.class, pool.getJdbcUrl(), "first");
      Process second = ChildJvm.start(WorkflowProcess.class, pool.getJdbcUrl(), "second");
      String killedAt;
      try {
        begin(first);
        awaitCompleted(pool, 100);
        begin(second); // two generations are there from now on
        awaitCompleted(pool, 400); // some 2,000 others have been due for longer
        first.destroyForcibly().waitFor();
        killedAt = Sql.texts(pool, "SELECT clock_timestamp()").get(0);
        awaitCompleted(pool, RUNS);
      } finally {
        first.destroyForcibly().waitFor();
        second.destroyForcibly().waitFor();
      }
      check(pool, killedAt);
    }
  }

  private static void begin(Process process) throws IOException {
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    process.outputWriter().write("begin\n");
    process.outputWriter().flush();
  }

  private static void awaitCompleted(HikariDataSource pool, int runs) throws SQLException {
    long start = System.nanoTime();
    while (Sql.number(pool, "SELECT count(*) FROM w7s_run WHERE state = 'COMPLETE'") < runs) {
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(2));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static void check(HikariDataSource pool, String killedAt) throws SQLException {
    assertThat(Sql.number(pool, "SELECT count(*) FROM w7s_run WHERE due_at IS NOT NULL"))
        .as("stranded")
        .isZero();
    assertThat(Sql.number(pool, "SELECT count(*) FROM attempts WHERE process = 'second'"))
        .isPositive();
    // Those that the first one had begun last, and had not let go: taken from a process that died.
    String takenOver =
        "FROM (SELECT process, at, lag(process) OVER run AS former, lag(at) OVER run AS former_at,"
            + " lead(number) OVER run AS next, row_number() OVER run AS attempt, instance FROM"
            + " attempts WINDOW run AS (PARTITION BY instance ORDER BY number)) each JOIN w7s_run"
            + " USING (instance) WHERE former = 'first' AND process = 'second' AND at > '"
            + killedAt
            + "' AND epoch > 2";
    long taken = Sql.number(pool, "SELECT count(*) " + takenOver);
    assertThat(taken).as("were held when the first was killed").isPositive();
    long millis =
        Sql.number(
            pool,
            "SELECT (extract(epoch FROM max(at) - '"
                + killedAt
                + "'::timestamptz) * 1000)::bigint "
                + takenOver);
    System.out.printf(
        "%d runs, %d taken over within %d ms; the lease is %s, a poll %s%n",
        RUNS, taken, millis, WorkflowProcess.LEASE, WorkflowProcess.POLL);
    assertThat(Duration.ofMillis(millis))
        .isLessThan(WorkflowProcess.LEASE.plus(WorkflowProcess.POLL).plus(LATE));
  }
}

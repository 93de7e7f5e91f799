package io.w7s.sdk.store.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Two real processes work on one log on PostgreSQL. In turn each is stopped by the operating system
 * for twice its lease, wherever its bodies are, and goes on then. Whatever either has got from a
 * step is what the log has.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "nothing stops a process there")
class StalledWorkflowProcessesTest {

  private static final int RUNS = 400;
  private static final int STALLS = 4;

  @Test
  void noValueDivergesWhenAProcessStandsStillForTwiceItsLease() throws Exception {
    try (var postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      Sql.execute(
          pool,
          "CREATE TABLE made (instance text, step text, process text, value int)",
          "CREATE TABLE seen (instance text, step text, process text, value int)",
          "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload,"
              + " started_at) SELECT '"
              + StalledWorkflowProcess.SUM
              + "', 'r' || i, 'WAITING', 0, 0, i, '1'::bytea, i FROM generate_series(1, "
              + RUNS
              + ") i");
      Process one = ChildJvm.start(StalledWorkflowProcess.class, pool.getJdbcUrl(), "one");
      Process two = ChildJvm.start(StalledWorkflowProcess.class, pool.getJdbcUrl(), "two");
      try {
        for (Process each : List.of(one, two)) {
          assertThat(each.inputReader().readLine()).isEqualTo("ready");
        }
        awaitAtLeast(pool, 1, "SELECT count(*) FROM seen WHERE process = 'one'");
        awaitAtLeast(pool, 1, "SELECT count(*) FROM seen WHERE process = 'two'");
        for (int i = 0; i < STALLS; i++) {
          stall(i % 2 == 0 ? one : two, pool);
        }
        awaitAtLeast(pool, RUNS, "SELECT count(*) FROM w7s_run WHERE state = 'COMPLETE'");
      } finally {
        one.destroyForcibly().waitFor();
        two.destroyForcibly().waitFor();
      }
      check(pool);
    }
  }

  /** Stops a process until its leases have ended twice over, by the clock of the database. */
  private static void stall(Process process, HikariDataSource pool) throws Exception {
    long twice = 2 * StalledWorkflowProcess.LEASE.toMillis();
    signal(process, "STOP");
    try {
      Sql.number(pool, "SELECT 1 FROM pg_sleep(" + twice + " / 1000.0)");
    } finally {
      signal(process, "CONT");
    }
  }

  private static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()));
    assertThat(kill.start().waitFor()).isZero();
  }

  private static void awaitAtLeast(HikariDataSource pool, int rows, String sql)
      throws SQLException {
    long start = System.nanoTime();
    while (Sql.number(pool, sql) < rows) {
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(2));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static void check(HikariDataSource pool) throws SQLException {
    String recorded =
        "(SELECT instance, name AS step, convert_from(body, 'UTF8')::int AS value"
            + " FROM w7s_step) recorded";
    assertThat(Sql.number(pool, "SELECT count(*) FROM " + recorded))
        .isEqualTo(RUNS * StalledWorkflowProcess.STEPS);
    assertThat(
            Sql.number(
                pool,
                "SELECT count(*) FROM seen LEFT JOIN "
                    + recorded
                    + " USING (instance, step) WHERE seen.value IS DISTINCT FROM recorded.value"))
        .as("seen, and not what the log has")
        .isZero();
    long lost =
        Sql.number(
            pool,
            "SELECT count(*) FROM made JOIN "
                + recorded
                + " USING (instance, step) WHERE made.value <> recorded.value");
    assertThat(lost).as("made by a process that had lost its lease").isPositive();
    System.out.printf(
        "%d runs of two processes, %d stalls: %d values were seen, %d were lost with a lease, none"
            + " diverges%n",
        RUNS, STALLS, Sql.number(pool, "SELECT count(*) FROM seen"), lost);
  }
}

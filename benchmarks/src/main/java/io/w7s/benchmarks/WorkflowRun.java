package io.w7s.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.function.IntConsumer;

/** What a step of a durable workflow costs on PostgreSQL, beside one insert that commits. */
final class WorkflowRun {

  private static final int ROUNDS = 11;
  private static final int STEPS = 1_000;
  private static final String WORKFLOW = "acme/shop/checkout";
  private static final RawJson VALUE = RawJson.of("{\"receipt\":\"r-4711\",\"cents\":1200}");

  private final HikariDataSource pool;
  private final JdbcStepLog log;

  private WorkflowRun(HikariDataSource pool) {
    this.pool = pool;
    this.log = JdbcStepLog.of(pool);
  }

  static void print() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        var pool = new HikariDataSource()) {
      pool.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
      StoreSchema.migrate(pool);
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE raw (LIKE w7s_step INCLUDING ALL)");
      }
      new WorkflowRun(pool).measure();
    }
  }

  /** Measures both in turns, so that what else the machine does hits both. */
  private void measure() {
    double[] raw = new double[ROUNDS];
    double[] step = new double[ROUNDS];
    double[] ratio = new double[ROUNDS];
    round(i -> raw("warm", i));
    HeldRun warm = start();
    round(i -> log.writeNew(warm, step(warm, i)));
    for (int round = 0; round < ROUNDS; round++) {
      String instance = UUID.randomUUID().toString();
      HeldRun run = start();
      raw[round] = round(i -> raw(instance, i));
      step[round] = round(i -> log.writeNew(run, step(run, i)));
      ratio[round] = step[round] / raw[round];
    }
    Arrays.sort(raw);
    Arrays.sort(step);
    Arrays.sort(ratio);
    System.out.printf("medians of %d rounds of %,d%n", ROUNDS, STEPS);
    System.out.println("| what | p50 µs |");
    System.out.println("| --- | --- |");
    print("`INSERT ... ON CONFLICT` and its commit, the floor", raw);
    print("write a step", step);
    System.out.printf(
        Locale.ROOT,
        "ratio within a round %.2f [%.2f..%.2f]%n",
        ratio[ROUNDS / 2],
        ratio[0],
        ratio[ROUNDS - 1]);
  }

  private static void print(String what, double[] micros) {
    System.out.printf(Locale.ROOT, "| %s | %,.0f |%n", what, micros[ROUNDS / 2]);
  }

  private HeldRun start() {
    var id = new RunId(WORKFLOW, UUID.randomUUID().toString());
    return log.start(new NewRun(id, VALUE, null, null), Duration.ofDays(1)).orElseThrow();
  }

  private static StepRecord step(HeldRun run, int i) {
    return new StepRecord(
        i,
        "step " + i,
        StepRecord.Kind.RUN,
        "Paid",
        StepRecord.State.DONE,
        1,
        VALUE,
        null,
        run.now(),
        null);
  }

  private void raw(String instance, int i) {
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO raw (workflow, instance, name, position, kind, value_type, state,"
                    + " attempts, body, written_at) VALUES (?, ?, ?, ?, 'RUN', 'Paid', 'DONE', 1,"
                    + " ?, 1) ON CONFLICT (workflow, instance, name) DO UPDATE SET body ="
                    + " excluded.body")) {
      insert.setString(1, WORKFLOW);
      insert.setString(2, instance);
      insert.setString(3, "step " + i);
      insert.setInt(4, i);
      insert.setBytes(5, VALUE.utf8());
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the median in microseconds. */
  private static double round(IntConsumer operation) {
    long[] nanos = new long[STEPS];
    for (int i = 0; i < STEPS; i++) {
      long start = System.nanoTime();
      operation.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[STEPS / 2] / 1e3;
  }
}

package io.w7s.sdk.store.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.ForkedRuns;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.workflow.WorkflowRef;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How much PostgreSQL is asked, and how long it takes. */
class WorkflowNumbersTest {

  private static final WorkflowRef<Integer, Integer> CHECKOUT =
      AppRef.of("acme/shop").workflow("checkout", Integer.class, Integer.class);

  private static final WorkflowRef<Integer, Integer> COUNTED =
      AppRef.of("acme/shop").workflow("counted", Integer.class, Integer.class);

  private static EmbeddedPostgres postgres;
  private static HikariDataSource pool;

  @BeforeAll
  static void start() throws Exception {
    postgres = Databases.startPostgres();
    pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"));
    StoreSchema.migrate(pool);
  }

  @AfterAll
  static void stop() throws Exception {
    pool.close();
    postgres.close();
  }

  /** Writes down the statements of its connections. */
  private static final class Recording extends DelegatingDataSource {

    final List<String> statements = new ArrayList<>();

    Recording() {
      super(pool);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = super.getConnection();
      return Databases.proxy(
          Connection.class,
          (proxy, method, args) -> {
            if (method.getName().equals("prepareStatement")) {
              statements.add((String) args[0]);
            }
            return method.invoke(connection, args);
          });
    }

    long count(String beginning) {
      return statements.stream().filter(sql -> sql.startsWith(beginning)).count();
    }
  }

  @Test
  void anAttemptReadsTheLogOnceAndWritesOnceForEachStep() {
    var recording = new Recording();
    var log = JdbcStepLog.of(recording);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/shop"))
            .steps(log)
            .on(
                COUNTED,
                (run, steps) -> {
                  for (int i = 0; i < 10; i++) {
                    steps.run("step " + i, Integer.class, () -> 1);
                  }
                  return 10;
                })
            .build();
    due(log, "counted");
    recording.statements.clear();

    app.runDue();

    assertThat(recording.count("SELECT workflow, instance, name")).as("the log").isEqualTo(1);
    assertThat(recording.count("INSERT INTO w7s_step")).as("steps").isEqualTo(10);
    assertThat(recording.count("UPDATE w7s_run"))
        .as("taken and none is due, after a look for what was left; ended")
        .isEqualTo(5);
    assertThat(recording.statements).hasSize(16);
  }

  private static void due(JdbcStepLog log, String instance) {
    HeldRun held =
        log.start(
                new NewRun(RunId.of(COUNTED, instance), RawJson.of("1"), null, null),
                Duration.ofSeconds(30))
            .orElseThrow();
    log.suspend(held, held.now(), 0, null);
  }

  private static void insertSteps(String runs, int steps) throws SQLException {
    Sql.execute(
        pool,
        "INSERT INTO w7s_step (workflow, instance, name, position, kind, value_type, state,"
            + " attempts, body, written_at) SELECT workflow, instance, 'step ' || i, i, 'RUN',"
            + " 'Integer', CASE WHEN state = 'FAILED' AND i = "
            + (steps - 1)
            + " THEN 'FAILED' ELSE 'DONE' END, 1, '1'::bytea, 1 FROM w7s_run, generate_series(0, "
            + (steps - 1)
            + ") i WHERE instance LIKE '"
            + runs
            + "'");
  }

  @Test
  void aLogOfTenThousandStepsIsReadAtOnce() throws SQLException {
    var log = JdbcStepLog.of(pool);
    log.start(
        new NewRun(RunId.of(CHECKOUT, "long"), RawJson.of("1"), null, null), Duration.ofDays(1));
    insertSteps("long", 10_000);
    long[] millis = new long[10];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      assertThat(log.steps(RunId.of(CHECKOUT, "long"))).hasSize(10_000);
      millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
    long first = millis[0];
    Arrays.sort(millis);
    System.out.printf(
        "10,000 steps are read in %d ms; the first time %d ms%n", millis[millis.length / 2], first);
    assertThat(millis[0]).as("the best of ten, as the machine may be busy").isLessThan(200);
  }

  @Test
  void aThousandFailedRunsAreForkedInSeconds() throws SQLException {
    Sql.execute(
        pool,
        "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, payload, error, started_at,"
            + " ended_at) SELECT '"
            + CHECKOUT
            + "', 'failed' || i, 'FAILED', 1, 0, '1'::bytea, 'broken', i, i FROM"
            + " generate_series(1, 1000) i");
    insertSteps("failed%", 5);
    WorkflowRuns runs = WorkflowRuns.of(JdbcStepLog.of(pool), CHECKOUT);
    long start = System.nanoTime();

    ForkedRuns forks = runs.forkFromFailure(RunQuery.all().state(RunStatus.State.FAILED), "again");

    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    System.out.printf("1,000 failed runs are forked in %d ms%n", millis);
    assertThat(forks.forked()).hasSize(1_000);
    assertThat(Sql.number(pool, "SELECT count(*) FROM w7s_step WHERE instance LIKE '%.again'"))
        .isEqualTo(4_000);
    assertThat(millis).isLessThan(10_000);
    start = System.nanoTime();
    assertThat(runs.deleteEnded(Duration.ofDays(1))).isEqualTo(1_000);
    System.out.printf(
        "and deleted in %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }
}

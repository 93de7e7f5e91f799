package io.w7s.sdk.store.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus.State;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.internal.Dialect;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the databases read of many runs when one is taken, listed or deleted. They have been filled
 * just now, so that the databases have no statistics of them yet.
 */
class WorkflowPlansTest {

  private static final int RUNS = 5_000;
  private static final int DUE = 100;
  private static final String WORKFLOW = "acme/shop/checkout";

  private static EmbeddedPostgres server;
  private static HikariDataSource postgres;
  private static HikariDataSource sqlite;
  private static HikariDataSource h2;

  @BeforeAll
  static void fill() throws Exception {
    server = Databases.startPostgres();
    postgres = Databases.pool(server.getJdbcUrl("postgres", "postgres"));
    sqlite = Databases.sqlite();
    h2 = Databases.pool("jdbc:h2:mem:plans;DB_CLOSE_DELAY=-1");
    StoreSchema.migrate(postgres);
    StoreSchema.migrate(sqlite);
    StoreSchema.migrate(h2);
    Sql.execute(postgres, "ALTER TABLE w7s_run SET (autovacuum_enabled = false)");
    String numbers =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ";
    fill(postgres, numbers.formatted(RUNS), "''::bytea");
    fill(sqlite, numbers.formatted(RUNS), "x''");
    fill(h2, "", "x''");
  }

  /** Fills in runs that wait for long, of which some are due; one in fifty has failed. */
  private static void fill(DataSource dataSource, String numbers, String payload)
      throws SQLException {
    String from = numbers.isEmpty() ? "(SELECT x AS i FROM SYSTEM_RANGE(1, " + RUNS + ")) n" : "n";
    Sql.execute(
        dataSource,
        "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload,"
            + " started_at, ended_at) "
            + numbers
            + "SELECT '"
            + WORKFLOW
            + "', 'r' || i, CASE WHEN i % 50 = 0 THEN 'FAILED' ELSE 'WAITING' END, 1, 0, CASE WHEN"
            + " i % 50 = 0 THEN NULL WHEN i <= "
            + DUE
            + " THEN i ELSE 9000000000000 END, "
            + payload
            + ", i, CASE WHEN i % 50 = 0 THEN i END FROM "
            + from);
  }

  @AfterAll
  static void stop() throws Exception {
    h2.close();
    sqlite.close();
    postgres.close();
    server.close();
  }

  /** Runs a statement and takes it back; returns how it was run. */
  private static String plan(
      HikariDataSource dataSource, Dialect dialect, String explain, String sql, List<Object> with)
      throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(explain + sql.replace(":now", dialect.now()))) {
      connection.setAutoCommit(false);
      for (int i = 0; i < with.size(); i++) {
        statement.setObject(i + 1, with.get(i));
      }
      var plan = new StringBuilder();
      try (ResultSet lines = statement.executeQuery()) {
        while (lines.next()) {
          plan.append(lines.getString(dialect == Dialect.SQLITE ? 4 : 1)).append('\n');
        }
      }
      connection.rollback();
      return plan.toString();
    }
  }

  private static String onPostgresql(String sql, List<Object> with) throws SQLException {
    return plan(postgres, Dialect.POSTGRESQL, "EXPLAIN (ANALYZE, TIMING OFF) ", sql, with);
  }

  private static String onSqlite(String sql, List<Object> with) throws SQLException {
    return plan(sqlite, Dialect.SQLITE, "EXPLAIN QUERY PLAN ", sql, with);
  }

  private static String onH2(String sql, List<Object> with) throws SQLException {
    return plan(h2, Dialect.H2, "EXPLAIN ANALYZE ", sql, with);
  }

  private static final List<Object> TAKE = List.of(30_000L, WORKFLOW, "acme/shop/another");

  @Test
  void aRunIsTakenByItsIndexOnPostgresql() throws SQLException {
    assertThat(onPostgresql(RunRows.takeDueSql(Dialect.POSTGRESQL, RunRows.ANY, 2), TAKE))
        .contains("using w7s_run_due")
        .contains("using w7s_run_pkey")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed")
        .doesNotContainPattern("loops=[2-9]|loops=1[0-9]");
  }

  @Test
  void aLeaseIsRenewedByThePrimaryKeyOnPostgresql() throws SQLException {
    assertThat(onPostgresql(RunRows.RENEW, List.of(30_000L, WORKFLOW, "r1", 1L)))
        .contains("using w7s_run_pkey")
        .doesNotContain("Seq Scan");
  }

  @Test
  void theNextRunIsLookedForByItsIndex() throws SQLException {
    List<Object> with = List.of(WORKFLOW);

    assertThat(onPostgresql(RunRows.untilDueSql(1), with))
        .contains("using w7s_run_due")
        .doesNotContain("Rows Removed")
        .doesNotContain("Seq Scan");
    assertThat(onSqlite(RunRows.untilDueSql(1), with))
        .contains("INDEX w7s_run_due")
        .doesNotContain("TEMP B-TREE");
    assertThat(onH2(RunRows.untilDueSql(1), with)).contains("W7S_RUN_DUE");
  }

  @Test
  void aRunIsTakenByItsIndexOnSqlite() throws SQLException {
    assertThat(onSqlite(RunRows.takeDueSql(Dialect.SQLITE, RunRows.ANY, 2), TAKE))
        .contains("SEARCH w7s_run USING INDEX w7s_run_due (due_at<?)")
        .contains("(workflow=? AND instance=?)")
        .doesNotContain("SCAN w7s_run")
        .doesNotContain("TEMP B-TREE");
  }

  @Test
  void aRunIsTakenByItsIndexOnH2() throws SQLException {
    assertThat(onH2(RunRows.oldestDueKey(Dialect.H2, RunRows.ANY, 2), TAKE.subList(1, 3)))
        .contains("W7S_RUN_DUE: DUE_AT <=")
        .contains("index sorted");
  }

  @Test
  void whatAProcessHasLeftIsLookedForByItsIndexWhateverElseIsDue() throws SQLException {
    assertThat(onPostgresql(RunRows.takeDueSql(Dialect.POSTGRESQL, RunRows.LEFT, 2), TAKE))
        .contains("using w7s_run_leases")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed");
    assertThat(onSqlite(RunRows.takeDueSql(Dialect.SQLITE, RunRows.LEFT, 2), TAKE))
        .contains("USING INDEX w7s_run_leases (due_at<?)")
        .doesNotContain("TEMP B-TREE");
    assertThat(onH2(RunRows.oldestDueKey(Dialect.H2, RunRows.LEFT, 2), TAKE.subList(1, 3)))
        .contains("W7S_RUN_LEASES: STATE = 'RUNNING'");
  }

  private static final RunQuery PAGE =
      RunQuery.all()
          .state(State.FAILED)
          .after(Instant.ofEpochMilli(RUNS / 2), new RunId(WORKFLOW, "r" + RUNS / 2))
          .limit(10);

  @Test
  void aPageIsReadByItsIndex() throws SQLException {
    var parameters = new ArrayList<Object>();
    String sql = JdbcRunAdministration.listSql(List.of(WORKFLOW), PAGE, parameters);

    assertThat(onPostgresql(sql, parameters)).contains("w7s_run_failed").doesNotContain("Seq Scan");
    assertThat(onSqlite(sql, parameters)).contains("USING INDEX w7s_run_failed (started_at<?)");
    assertThat(onH2(sql, parameters)).contains("W7S_RUN_STATE");
  }

  @Test
  void openAndFailedRunsAreCountedByTheirIndexes() throws SQLException {
    for (State state : List.of(State.WAITING, State.FAILED)) {
      var parameters = new ArrayList<Object>();
      String sql = JdbcRunAdministration.countSql(List.of(WORKFLOW), Set.of(state), parameters);

      assertThat(onSqlite(sql, parameters))
          .contains(state == State.FAILED ? "w7s_run_failed" : "INDEX w7s_run_");
    }
  }

  @Test
  void whatEndedLongAgoIsFoundByItsIndex() throws SQLException {
    List<Object> with = List.of(1L, WORKFLOW, 10);

    assertThat(onPostgresql(JdbcRunAdministration.endedSql(1), with))
        .contains("using w7s_run_ended")
        .doesNotContain("Rows Removed")
        .doesNotContain("Seq Scan");
    assertThat(onSqlite(JdbcRunAdministration.endedSql(1), with))
        .contains("USING INDEX w7s_run_ended (ended_at");
    assertThat(onH2(JdbcRunAdministration.endedSql(1), with)).contains("W7S_RUN_ENDED");
  }
}

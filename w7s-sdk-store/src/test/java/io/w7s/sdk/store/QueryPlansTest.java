package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.store.internal.Dialect;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What PostgreSQL reads when the table is large. */
class QueryPlansTest {

  private static final int MESSAGES = 200_000;
  private static final int OLD = 5_000;
  private static final long WINDOW = Duration.ofDays(2).toMillis();

  private static EmbeddedPostgres postgres;
  private static DataSource dataSource;

  @BeforeAll
  static void fill() throws Exception {
    postgres = Databases.startPostgres();
    dataSource = postgres.getPostgresDatabase();
    StoreSchema.migrate(dataSource);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      // done long ago or just now, or open since long ago or just now
      statement.execute(
          "INSERT INTO w7s_processed SELECT 'acme/worker/jobs', md5(i::text), i, 1, t, CASE WHEN i %% 10 > 0 THEN t END FROM (SELECT i, %s - CASE WHEN i <= %d THEN %d ELSE 0 END AS t FROM generate_series(1, %d) i) m"
              .formatted(Dialect.POSTGRESQL.now(), OLD, 2 * WINDOW, MESSAGES));
      statement.execute("VACUUM ANALYZE w7s_processed");
      statement.execute(
          "INSERT INTO w7s_used_signature SELECT md5(i::text), %s + CASE WHEN i <= %d THEN -1000 ELSE 600000 END FROM generate_series(1, %d) i"
              .formatted(Dialect.POSTGRESQL.now(), OLD, MESSAGES));
      statement.execute("VACUUM ANALYZE w7s_used_signature");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @Test
  void aBatchIsLookedUpInAnIndex() throws SQLException {
    String[] keys =
        Collections.nCopies(10, "0cc175b9c0f1b6a831c399e269772661").toArray(new String[0]);
    Object[] parameters = new Object[11];
    parameters[0] = "acme/worker/jobs";
    System.arraycopy(keys, 0, parameters, 1, 10);

    assertThat(plan(JdbcProcessedMessages.lookUp(Dialect.POSTGRESQL, 10), parameters))
        .contains("w7s_processed_pkey")
        .doesNotContain("Seq Scan");
  }

  @Test
  void aPurgeReadsNoMoreThanItDeletes() throws SQLException {
    assertThat(plan(JdbcProcessedMessages.purgeDone(Dialect.POSTGRESQL), WINDOW, 1_000))
        .contains("using w7s_processed_done_at")
        .contains("Index Cond: (done_at <")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed by Filter");
    assertThat(plan(JdbcProcessedMessages.purgeOpen(Dialect.POSTGRESQL), WINDOW, 400))
        .contains("using w7s_processed_open")
        .contains("Index Cond: (lease_until <")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed by Filter");
  }

  @Test
  void aPurgeOfSignaturesReadsNoMoreThanItDeletes() throws SQLException {
    assertThat(plan(JdbcUsedSignatures.purge(Dialect.POSTGRESQL), 1_000))
        .contains("using w7s_used_signature_old")
        .contains("Index Cond: (forget_at <")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed by Filter");
  }

  @Test
  void aPurgeOfNothingReadsNothing() throws SQLException {
    assertThat(plan(JdbcProcessedMessages.purgeDone(Dialect.POSTGRESQL), 100 * WINDOW, 1_000))
        .contains("using w7s_processed_done_at")
        .doesNotContain("Seq Scan")
        .doesNotContain("Rows Removed by Filter");
  }

  /** Runs a statement and takes it back; returns how it was run. */
  private static String plan(String sql, Object... parameters) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "EXPLAIN (ANALYZE, TIMING OFF) " + sql.replace(":now", Dialect.POSTGRESQL.now()))) {
      connection.setAutoCommit(false);
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      var plan = new StringBuilder();
      try (ResultSet lines = statement.executeQuery()) {
        while (lines.next()) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
      connection.rollback();
      return plan.toString();
    }
  }
}

package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.internal.Dialect;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What PostgreSQL does with an outbox that has been filled just now, of which it has no statistics
 * yet: it expects a row or two, and may do for each of many what is good for one or two.
 */
class OutboxPlansTest {

  private static final int KEYS = 20;

  private static EmbeddedPostgres postgres;
  private static HikariDataSource pool;

  @BeforeAll
  static void fill() throws Exception {
    postgres = Databases.startPostgres();
    pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"));
    StoreSchema.migrate(pool);
    Sql.execute(pool, "ALTER TABLE w7s_outbox SET (autovacuum_enabled = false)");
    Sql.execute(
        pool,
        "INSERT INTO w7s_event (id, subject, happened_at, body)"
            + " SELECT 'e' || i, 'orders.created', i, '' FROM generate_series(1, 1000) i");
    Sql.execute(
        pool,
        "INSERT INTO w7s_outbox (event_id, kind, target, delay_seconds, order_key, state, due_at,"
            + " epoch, attempts, appended_at) SELECT 'e' || i, 'QUEUE', 'acme/worker/jobs', 0,"
            + " 'key-' || i % "
            + KEYS
            + ", 'READY', CASE WHEN i <= "
            + KEYS
            + " THEN 1 ELSE 9223372036854775807 END, 0, 0, 1 FROM generate_series(1, 1000) i");
  }

  @AfterAll
  static void stop() throws Exception {
    pool.close();
    postgres.close();
  }

  @ParameterizedTest
  @EnumSource
  void theFirstOfEachKeyIsLookedForOnce(ParkedHead parkedHead) throws SQLException {
    String sql = OutboxRows.letWaitingGoSql(Dialect.POSTGRESQL, parkedHead);

    assertThat(
            Sql.texts(
                pool,
                "EXPLAIN (ANALYZE, TIMING OFF) " + sql.replace(":now", Dialect.POSTGRESQL.now())))
        .filteredOn(line -> line.contains("Aggregate"))
        .isNotEmpty()
        .allMatch(line -> line.contains("rows=" + KEYS + " loops=1)"));
  }
}

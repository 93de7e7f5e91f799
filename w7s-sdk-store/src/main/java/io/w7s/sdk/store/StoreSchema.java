package io.w7s.sdk.store;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The tables of the stores. Call {@link #migrate} when the application starts, or let a migration
 * tool run the scripts: plain SQL, named as Flyway does, in the resource folders {@code
 * io/w7s/sdk/store/postgresql}, {@code sqlite} and {@code h2}. All names of tables and indexes
 * begin with {@code w7s_}.
 *
 * <p>Each script enters itself in the table {@code w7s_schema}, whoever runs it, and changes
 * nothing when it runs again. So both ways may be used on one database, in any order; except on
 * SQLite, which cannot add a column that may be there: V9 runs once there. The versions of the
 * scripts are the store's own; give Flyway a history table for them, apart from that of the
 * application:
 *
 * <pre>{@code
 * Flyway.configure()
 *     .dataSource(dataSource)
 *     .locations("classpath:io/w7s/sdk/store/postgresql")
 *     .table("w7s_flyway")
 *     .baselineOnMigrate(true)        // for a database that has other tables already
 *     .baselineVersion("0")
 *     .load()
 *     .migrate();
 * }</pre>
 */
public final class StoreSchema {

  /** In the order of their versions. */
  static final List<String> SCRIPTS =
      List.of(
          "V1__w7s_consumption.sql",
          "V2__w7s_events.sql",
          "V3__w7s_key_value.sql",
          "V4__w7s_blobs.sql",
          "V5__w7s_delivered_events.sql",
          "V6__w7s_used_signatures.sql",
          "V7__w7s_steps.sql",
          "V8__w7s_signals.sql",
          "V9__w7s_run_admin.sql",
          "V10__w7s_run_leases.sql",
          "V11__w7s_run_started.sql");

  /** Any number, as long as nobody else locks it. */
  private static final long LOCK = 8_790_317_245_211_066_343L;

  private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");

  private StoreSchema() {}

  /**
   * Makes the tables, or brings them to the newest version. Several processes may do so at the same
   * time, except on H2; it does nothing when all is there.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not one of the three
   * @throws StoreException when it fails. Where the database has transactions for it, on PostgreSQL
   *     and SQLite, nothing was changed then
   */
  public static void migrate(DataSource dataSource) {
    Database.run(
        requireNonNull(dataSource, "dataSource"),
        "migrate the tables",
        connection -> {
          Dialect dialect = Dialect.of(connection);
          try (Statement statement = connection.createStatement()) {
            statement.execute(dialect == Dialect.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
            try {
              migrate(statement, dialect);
              statement.execute("COMMIT");
            } catch (SQLException | RuntimeException e) {
              rollBack(statement, e);
              throw e;
            }
          }
          return dialect;
        });
  }

  private static void rollBack(Statement statement, Exception reason) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException lost) { // then the database rolls back by itself
      reason.addSuppressed(lost);
    }
  }

  private static void migrate(Statement statement, Dialect dialect) throws SQLException {
    if (dialect == Dialect.POSTGRESQL) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }
    statement.execute(
        "CREATE TABLE IF NOT EXISTS w7s_schema (version integer PRIMARY KEY, script varchar(200)"
            + " NOT NULL)");
    Set<String> done = done(statement);
    for (String name : SCRIPTS) {
      if (!done.contains(name)) {
        run(statement, script(dialect, name));
      }
    }
  }

  private static Set<String> done(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("SELECT script FROM w7s_schema")) {
      var done = new HashSet<String>();
      while (rows.next()) {
        done.add(rows.getString(1));
      }
      return done;
    }
  }

  private static void run(Statement statement, String script) throws SQLException {
    for (String sql : COMMENT.matcher(script).replaceAll("").split(";", -1)) {
      if (!sql.isBlank()) {
        statement.execute(sql.strip());
      }
    }
  }

  private static String script(Dialect dialect, String name) {
    try (InputStream in = StoreSchema.class.getResourceAsStream(dialect.folder() + "/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + dialect.folder() + "/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}

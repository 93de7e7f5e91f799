package io.w7s.sdk.store.internal;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** Where the databases differ. */
public enum Dialect {
  /** PostgreSQL. */
  POSTGRESQL(
      "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
      true,
      "ctid = ANY (ARRAY(SELECT ctid %s))"),

  /** SQLite. */
  SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", true, "rowid IN (SELECT rowid %s)"),

  /** Has neither ON CONFLICT nor RETURNING outside of its compatibility modes. */
  H2(
      "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)",
      false,
      "_rowid_ IN (SELECT _rowid_ %s)");

  private final String now;
  private final boolean onConflict;
  private final String rows;

  Dialect(String now, boolean onConflict, String rows) {
    this.now = now;
    this.onConflict = onConflict;
    this.rows = rows;
  }

  /** Returns the database's own clock as SQL, in milliseconds since 1970. */
  public String now() {
    return now;
  }

  /** Returns whether there are {@code ON CONFLICT} and {@code RETURNING}. */
  public boolean hasOnConflict() {
    return onConflict;
  }

  /**
   * Returns a condition for the rows that a query finds in the same table. They are then found by
   * their place: for a join by their key PostgreSQL may decide to read the whole table.
   *
   * @param query a query from {@code FROM} on
   */
  public String rows(String query) {
    return String.format(rows, query);
  }

  /** Returns a statement that changes rows and returns columns of them as they are then. */
  public String returning(String change, String columns) {
    return this == H2
        ? "SELECT " + columns + " FROM FINAL TABLE (" + change + ")"
        : change + " RETURNING " + columns;
  }

  /** Returns whether a statement can leave out the rows that a transaction has locked. */
  public boolean skipsLocked() {
    return this == POSTGRESQL;
  }

  /** Returns the folder of the dialect's migrations. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the dialect of a database.
   *
   * @throws ConfigurationException when it is none of these
   * @throws StoreException when it cannot be asked
   */
  public static Dialect of(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      return of(connection);
    } catch (SQLException e) {
      throw new StoreException("connect to the database", e);
    }
  }

  /** Returns the dialect of a connection's database. */
  public static Dialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product) {
      case "PostgreSQL" -> POSTGRESQL;
      case "SQLite" -> SQLITE;
      case "H2" -> H2;
      default ->
          throw new ConfigurationException(
              "the database is " + product + "; the store works with PostgreSQL, SQLite and H2");
    };
  }
}

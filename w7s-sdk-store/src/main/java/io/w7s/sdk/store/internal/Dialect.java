package io.w7s.sdk.store.internal;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Locale;
import javax.sql.DataSource;

/** Where the databases differ. */
public enum Dialect {
  /** PostgreSQL. */
  POSTGRESQL("(extract(epoch FROM clock_timestamp()) * 1000)::bigint", true),

  /** SQLite. */
  SQLITE("CAST(unixepoch('subsec') * 1000 AS INTEGER)", true),

  /** Has neither ON CONFLICT nor RETURNING outside of its compatibility modes. */
  H2("CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)", false);

  private final String now;
  private final boolean onConflict;

  Dialect(String now, boolean onConflict) {
    this.now = now;
    this.onConflict = onConflict;
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
   * Returns a statement that inserts a row unless there is one with its key. H2 has none; there it
   * fails with a {@linkplain Database#isDuplicate duplicate key}.
   *
   * @param insert the statement that inserts it
   */
  public String ifAbsent(String insert) {
    return onConflict ? insert + " ON CONFLICT DO NOTHING" : insert;
  }

  /**
   * Returns a statement that deletes some of the rows for which a condition holds. Its parameters
   * are those of the condition, and how many rows at most.
   *
   * @param condition begins with what an index can be searched for. A time in it is a subquery, so
   *     that it is asked once and not for each row: PostgreSQL's clock moves within a statement
   * @param orderBy the columns of that index, so that it is searched
   */
  public String deleteSome(String table, String condition, String orderBy) {
    return deleteSome(table, condition, orderBy, "");
  }

  /**
   * Returns a statement that deletes some rows; as {@link #deleteSome(String, String, String)}.
   *
   * @param stillSo what must hold when a row is deleted, for one that changes in the meantime;
   *     without parameters
   */
  public String deleteSome(String table, String condition, String orderBy, String stillSo) {
    String delete =
        "DELETE FROM " + table + " WHERE " + (stillSo.isEmpty() ? "" : stillSo + " AND ");
    String some = " FROM " + table + " WHERE " + condition + " ORDER BY " + orderBy + " LIMIT ?";
    return switch (this) {
      // By their place: for a join by their key PostgreSQL may read the whole table.
      case POSTGRESQL -> delete + among("ctid", "SELECT ctid" + some);
      case SQLITE -> delete + among("rowid", "SELECT rowid" + some);
      case H2 -> delete + condition + " FETCH FIRST ? ROWS ONLY";
    };
  }

  /**
   * Returns the condition that a column is among the results of a query, which is made once.
   * PostgreSQL would make it once for each row where it expects few rows, as it does in any table
   * that it has no statistics of yet.
   */
  public String among(String column, String query) {
    return column + (this == POSTGRESQL ? " = ANY (ARRAY(" + query + "))" : " IN (" + query + ")");
  }

  /**
   * Returns the rows of a table that have one of some keys, as what to select from. Its parameters
   * are the group, and the keys.
   *
   * @param group the first column of the primary key
   * @param key the second and last column
   * @param keys how many keys there are
   */
  public String byKeys(String table, String group, String key, int keys) {
    if (this != POSTGRESQL) {
      return "(SELECT * FROM %s WHERE %s = ? AND %s) found"
          .formatted(table, group, Database.in(key, keys));
    }
    // One by one: of a table that seems to be nearly empty its planner would read the whole group.
    String list = String.join(", ", Collections.nCopies(keys, "(?)"));
    return ("(SELECT ? AS the_group) g CROSS JOIN (VALUES %4$s) k (the_key) CROSS JOIN LATERAL"
            + " (SELECT * FROM %1$s WHERE %2$s = the_group AND %3$s = the_key OFFSET 0) found")
        .formatted(table, group, key, list);
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

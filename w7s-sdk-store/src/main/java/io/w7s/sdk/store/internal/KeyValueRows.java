package io.w7s.sdk.store.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a key-value store. What writes has the connection first, and needs a transaction of
 * it on SQLite, where versions come from a table.
 */
public final class KeyValueRows {

  /** How many rows are deleted at once. */
  public static final int PURGED_AT_ONCE = 1_000;

  private static final String LIVE = "(expires_at IS NULL OR expires_at > :now)";

  private static final String SELECT =
      "SELECT entry_key, body, version, expires_at FROM w7s_key_value WHERE store = ";

  /** For H2, where another process can insert what was not there a moment ago. */
  private static final int MOST_ATTEMPTS = 100;

  private static final String SERIALIZATION_FAILURE = "40001";

  private final Database database;
  private final String store;
  private final String get;
  private final String list;
  private final String insert;
  private final String put;
  private final String putIfAbsent;
  private final String replace;

  /**
   * Creates the rows of a store.
   *
   * @param store the store's name
   */
  public KeyValueRows(Database database, String store) {
    this(database, store, "?");
  }

  /**
   * Creates the rows of a store that a query finds; they are for reading.
   *
   * @param parameter the query's parameter
   * @param query the store's name as SQL
   */
  public KeyValueRows(Database database, String parameter, String query) {
    this.database = database;
    this.store = parameter;
    Dialect dialect = database.dialect();
    get = SELECT + query + " AND entry_key = ? AND " + LIVE;
    list = list(query);
    String insertRow =
        "INSERT INTO w7s_key_value (store, entry_key, body, version, expires_at)"
            + (" VALUES (?, ?, ?, " + newVersion(dialect) + ", :now + CAST(? AS bigint))");
    String update =
        "UPDATE w7s_key_value SET version = "
            + newVersion(dialect)
            + ", body = ?, expires_at = :now + CAST(? AS bigint) WHERE store = ? AND entry_key = ?";
    replace = dialect.returning(update + " AND version = ? AND " + LIVE, "version");
    if (dialect.hasOnConflict()) {
      String insertOrUpdate =
          insertRow
              + " ON CONFLICT (store, entry_key) DO UPDATE SET version = excluded.version,"
              + " body = excluded.body, expires_at = excluded.expires_at";
      insert = "";
      put = dialect.returning(insertOrUpdate, "version");
      putIfAbsent =
          dialect.returning(insertOrUpdate + " WHERE w7s_key_value.expires_at <= :now", "version");
    } else {
      insert = dialect.returning(insertRow, "version");
      put = dialect.returning(update, "version");
      putIfAbsent = dialect.returning(update + " AND expires_at <= :now", "version");
    }
  }

  /** Versions are never given twice, so that a key that comes again has none that it had before. */
  private static String newVersion(Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL -> "nextval('w7s_key_value_versions')";
      case SQLITE -> "(SELECT last FROM w7s_key_value_versions)";
      case H2 -> "NEXT VALUE FOR w7s_key_value_versions";
    };
  }

  /** The time is a subquery, so that it is the same for all rows. */
  public static String list(String store) {
    return SELECT
        + store
        + " AND entry_key >= ? AND entry_key < ?"
        + " AND (expires_at IS NULL OR expires_at > (SELECT :now)) ORDER BY entry_key LIMIT ?";
  }

  /** A row. */
  public record Row(String key, byte[] json, long version, OptionalLong expiresAt) {}

  private static Row read(ResultSet row) throws SQLException {
    long expiresAt = row.getLong(4);
    boolean expires = !row.wasNull();
    return new Row(
        EntryFormat.text(row.getBytes(1)),
        row.getBytes(2),
        row.getLong(3),
        expires ? OptionalLong.of(expiresAt) : OptionalLong.empty());
  }

  /** Returns the row of a key. */
  public Optional<Row> get(Connection connection, byte[] key) throws SQLException {
    return database.query(connection, get, KeyValueRows::read, store, key).stream().findFirst();
  }

  /** Returns the rows of some keys, in no order. */
  public List<Row> getAll(Connection connection, List<byte[]> keys) throws SQLException {
    var parameters = new ArrayList<Object>(keys.size() + 1);
    parameters.add(store);
    parameters.addAll(keys);
    return database.query(
        connection,
        "SELECT entry_key, body, version, expires_at FROM "
            + database.dialect().byKeys("w7s_key_value", "store", "entry_key", keys.size())
            + " WHERE "
            + LIVE,
        KeyValueRows::read,
        parameters.toArray());
  }

  /** Returns the rows of a range, in their order. */
  public List<Row> list(Connection connection, EntryFormat.Range range) throws SQLException {
    return range.isEmpty()
        ? List.of()
        : database.query(
            connection, list, KeyValueRows::read, store, range.from(), range.to(), range.limit());
  }

  /**
   * Puts a value under a key.
   *
   * @param ttl in how many milliseconds it expires; null for never
   * @return its version
   */
  public long put(Connection connection, byte[] key, byte[] json, @Nullable Long ttl)
      throws SQLException {
    drawVersion(connection);
    if (database.dialect().hasOnConflict()) {
      return version(connection, put, store, key, json, ttl).orElseThrow();
    }
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
      OptionalLong version = version(connection, put, json, ttl, store, key);
      if (version.isEmpty()) {
        version = insert(connection, key, json, ttl);
      }
      if (version.isPresent()) {
        return version.getAsLong();
      }
    }
    throw new SQLException("the entry is not visible to this transaction", SERIALIZATION_FAILURE);
  }

  /** Puts a value under a key that has none; returns its version, or nothing for one that has. */
  public OptionalLong putIfAbsent(
      Connection connection, byte[] key, byte[] json, @Nullable Long ttl) throws SQLException {
    drawVersion(connection);
    if (database.dialect().hasOnConflict()) {
      return version(connection, putIfAbsent, store, key, json, ttl);
    }
    OptionalLong version = version(connection, putIfAbsent, json, ttl, store, key);
    return version.isPresent() ? version : insert(connection, key, json, ttl);
  }

  private OptionalLong insert(Connection connection, byte[] key, byte[] json, @Nullable Long ttl)
      throws SQLException {
    try {
      return version(connection, insert, store, key, json, ttl);
    } catch (SQLException e) {
      if (Database.isDuplicate(e)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Replaces a value if it has a version; returns its new one, or nothing if it has another. */
  public OptionalLong replace(
      Connection connection, byte[] key, long expected, byte[] json, @Nullable Long ttl)
      throws SQLException {
    drawVersion(connection);
    return version(connection, replace, json, ttl, store, key, expected);
  }

  /** Deletes a value; returns whether there was one. */
  public boolean delete(Connection connection, byte[] key) throws SQLException {
    return database.update(
            connection,
            "DELETE FROM w7s_key_value WHERE store = ? AND entry_key = ? AND " + LIVE,
            store,
            key)
        == 1;
  }

  /** Deletes a value if it has a version; returns whether it had. */
  public boolean delete(Connection connection, byte[] key, long expected) throws SQLException {
    return database.update(
            connection,
            "DELETE FROM w7s_key_value WHERE store = ? AND entry_key = ? AND version = ? AND "
                + LIVE,
            store,
            key,
            expected)
        == 1;
  }

  /** Deletes a part of what has expired; returns how many. */
  public int purge(Connection connection) throws SQLException {
    return database.update(connection, purge(database.dialect()), store, PURGED_AT_ONCE);
  }

  /** Returns the statement that deletes a part of what has expired. */
  public static String purge(Dialect dialect) {
    return dialect.deleteSome(
        "w7s_key_value",
        "store = ? AND expires_at <= (SELECT :now)",
        "expires_at",
        "expires_at <= (SELECT :now)"); // unless it was put again meanwhile
  }

  /** Deletes a part of the store, of which nobody knows any more; returns how many. */
  public int deleteSome(Connection connection) throws SQLException {
    return database.update(
        connection,
        database.dialect().deleteSome("w7s_key_value", "store = ?", "entry_key"),
        store,
        PURGED_AT_ONCE);
  }

  private void drawVersion(Connection connection) throws SQLException {
    if (database.dialect() == Dialect.SQLITE) {
      database.update(connection, "UPDATE w7s_key_value_versions SET last = last + 1");
    }
  }

  private OptionalLong version(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    List<Long> versions = database.query(connection, sql, row -> row.getLong(1), parameters);
    return versions.isEmpty() ? OptionalLong.empty() : OptionalLong.of(versions.get(0));
  }
}

package io.w7s.sdk.store.internal;

import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a key-value store in a D1 database. Each list of statements is one transaction. Keys
 * are text, which SQLite compares as UTF-8, byte by byte.
 */
public final class D1Rows {

  /** How many rows are deleted at once. */
  public static final int PURGED_AT_ONCE = 1_000;

  /** A bridge has 50 ms to read and write a page. */
  private static final int PAGE_BYTES = 1024 * 1024;

  private static final String CLOCK = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  private static final String LAST_CODE_POINT = Character.toString(Character.MAX_CODE_POINT);

  private static final String NEXT_VERSION = "UPDATE w7s_entry_versions SET last = last + 1";
  private static final String VERSION = "(SELECT last FROM w7s_entry_versions)";

  /** As text, because it may be any number, and JavaScript would round a large one. */
  private static final String EXPECTED = "CAST(? AS INTEGER)";

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE IF NOT EXISTS w7s_entries (store text NOT NULL, entry_key text NOT NULL,"
              + " body text NOT NULL, version integer NOT NULL, expires_at integer,"
              + " PRIMARY KEY (store, entry_key))",
          "CREATE INDEX IF NOT EXISTS w7s_entries_expires_at ON w7s_entries (store, expires_at)"
              + " WHERE expires_at IS NOT NULL",
          "CREATE TABLE IF NOT EXISTS w7s_entry_versions (last integer NOT NULL)",
          "INSERT INTO w7s_entry_versions (last) SELECT 0"
              + " WHERE NOT EXISTS (SELECT 1 FROM w7s_entry_versions)");

  /** A row; expiresAt is null where it does not expire. */
  public record Row(String key, byte[] json, long version, @Nullable Long expiresAt) {}

  private record Statement(String sql, @Nullable Object... parameters) {}

  private final BoundStore database;
  private final String store;
  private final @Nullable TimeSource time;

  /**
   * Creates the rows of a store.
   *
   * @param store the store's name
   * @param time the clock; null for the database's
   */
  public D1Rows(BoundStore database, String store, @Nullable TimeSource time) {
    this.database = database;
    this.store = store;
    this.time = time;
  }

  /** Creates the tables, unless they are there. */
  public static void migrate(BoundStore database) {
    run(database, "create tables", TABLES.stream().map(Statement::new).toList());
  }

  private String now() {
    return time == null ? CLOCK : String.valueOf(time.now().toEpochMilli());
  }

  private String live() {
    return "(expires_at IS NULL OR expires_at > " + now() + ")";
  }

  /** Returns the row of a key. */
  public Optional<Row> get(String key) {
    return run(
            "read an entry",
            "SELECT entry_key, body, version, expires_at FROM w7s_entries"
                + " WHERE store = ? AND entry_key = ? AND "
                + live(),
            store,
            key)
        .rows()
        .stream()
        .map(D1Rows::read)
        .findFirst();
  }

  /**
   * Returns the rows of a range, in their order.
   *
   * @param prefix what all keys of the range begin with
   */
  public List<Row> list(EntryFormat.Range range, String prefix) {
    var rows = new ArrayList<Row>();
    if (range.isEmpty()) {
      return rows;
    }
    String from = EntryFormat.text(range.from());
    String comparison = ">=";
    if (from.endsWith("\0")) { // the next after a key
      from = from.substring(0, from.length() - 1);
      comparison = ">";
    }
    boolean more = true;
    while (more && rows.size() < range.limit()) {
      List<Map<String, Object>> page = page(comparison, from, prefix, range.limit() - rows.size());
      page.forEach(row -> rows.add(read(row)));
      more = !page.isEmpty() && number(page.get(0), "listed") > page.size();
      if (more) {
        from = rows.get(rows.size() - 1).key();
        comparison = ">";
      }
    }
    return rows;
  }

  /**
   * Returns as many of the next rows as there is room for, but one at least. Only their bodies are
   * read: those of all that could be listed may have 1 GB.
   */
  private List<Map<String, Object>> page(String comparison, String from, String prefix, int limit) {
    String sizes =
        "SELECT entry_key, octet_length(body) AS size FROM w7s_entries WHERE store = ?"
            + (" AND entry_key " + comparison + " ? AND entry_key <= ? AND " + live())
            + " ORDER BY entry_key LIMIT ?";
    String sums =
        "SELECT entry_key AS listed_key, SUM(size) OVER (ORDER BY entry_key) AS bytes,"
            + " ROW_NUMBER() OVER (ORDER BY entry_key) AS place, COUNT(*) OVER () AS listed"
            + (" FROM (" + sizes + ")");
    return run(
            "list entries",
            "SELECT entry_key, body, version, expires_at, listed FROM ("
                + sums
                + ") JOIN w7s_entries ON store = ? AND entry_key = listed_key"
                + " WHERE bytes <= ? OR place = 1 ORDER BY entry_key",
            store,
            from,
            // no key with the prefix comes after this one, because it is longer than any can be
            prefix + LAST_CODE_POINT.repeat(EntryFormat.MAX_KEY_LENGTH / 2),
            limit,
            store,
            PAGE_BYTES)
        .rows();
  }

  /** Puts a value under a key; returns its version. */
  public OptionalLong put(String key, byte[] json, @Nullable Long ttl) {
    return insert(key, json, ttl, "");
  }

  /** Puts a value under a key that has none; returns its version, or nothing for one that has. */
  public OptionalLong putIfAbsent(String key, byte[] json, @Nullable Long ttl) {
    return insert(key, json, ttl, " WHERE w7s_entries.expires_at <= " + now());
  }

  private OptionalLong insert(String key, byte[] json, @Nullable Long ttl, String condition) {
    return write(
        new Statement(
            "INSERT INTO w7s_entries (store, entry_key, body, version, expires_at) VALUES (?, ?, ?, "
                + (VERSION + ", " + now() + " + ?)")
                + " ON CONFLICT (store, entry_key) DO UPDATE SET body = excluded.body,"
                + " version = excluded.version, expires_at = excluded.expires_at"
                + (condition + " RETURNING version"),
            store,
            key,
            text(json),
            ttl));
  }

  /** Replaces a value if it has a version; returns its new one, or nothing if it has another. */
  public OptionalLong replace(String key, long expected, byte[] json, @Nullable Long ttl) {
    return write(
        new Statement(
            "UPDATE w7s_entries SET body = ?, version = "
                + (VERSION + ", expires_at = " + now() + " + ?")
                + (" WHERE store = ? AND entry_key = ? AND version = " + EXPECTED)
                + (" AND " + live() + " RETURNING version"),
            text(json),
            ttl,
            store,
            key,
            String.valueOf(expected)));
  }

  private OptionalLong write(Statement statement) {
    List<BoundResults.Result> results =
        run(database, "put an entry", List.of(new Statement(NEXT_VERSION), statement));
    return results.get(1).rows().stream().mapToLong(row -> number(row, "version")).findFirst();
  }

  /** Deletes a value; with a version, if it has that one. Returns whether it was there. */
  public boolean delete(String key, @Nullable Long expected) {
    return run(
                "delete an entry",
                "DELETE FROM w7s_entries WHERE store = ? AND entry_key = ?"
                    + (" AND version = COALESCE(" + EXPECTED + ", version) AND " + live()),
                store,
                key,
                expected == null ? null : expected.toString())
            .changes()
        == 1;
  }

  /** Deletes a part of what has expired; returns how many. */
  public int purge() {
    return run(
            "purge entries",
            "DELETE FROM w7s_entries WHERE rowid IN (SELECT rowid FROM w7s_entries"
                + (" WHERE store = ? AND expires_at <= " + now() + " ORDER BY expires_at LIMIT ?)"),
            store,
            PURGED_AT_ONCE)
        .changes();
  }

  private BoundResults.Result run(String what, String sql, @Nullable Object... parameters) {
    return run(database, what, List.of(new Statement(sql, parameters))).get(0);
  }

  private static List<BoundResults.Result> run(
      BoundStore database, String what, List<Statement> statements) {
    List<Map<String, Object>> sent =
        statements.stream()
            .map(
                each ->
                    Map.<String, Object>of(
                        "sql", each.sql(), "parameters", Arrays.asList(each.parameters())))
            .toList();
    List<BoundResults.Result> results =
        database.post(what, Map.of("statements", sent), BoundResults.class).results();
    if (results.size() != statements.size()) {
      throw new StoreException(what + ": the bridge responded without all results", null);
    }
    return results;
  }

  private static Row read(Map<String, Object> row) {
    return new Row(
        String.valueOf(row.get("entry_key")),
        String.valueOf(row.get("body")).getBytes(StandardCharsets.UTF_8),
        number(row, "version"),
        row.get("expires_at") == null ? null : number(row, "expires_at"));
  }

  private static long number(Map<String, Object> row, String column) {
    if (row.get(column) instanceof Number number) {
      return number.longValue();
    }
    throw new StoreException("the bridge responded without the number " + column, null);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}

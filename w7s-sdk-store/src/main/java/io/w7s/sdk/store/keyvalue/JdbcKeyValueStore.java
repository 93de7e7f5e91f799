package io.w7s.sdk.store.keyvalue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Database.Work;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.EntryFormat;
import io.w7s.sdk.store.internal.KeyValueRows;
import io.w7s.sdk.store.internal.PeriodicPurge;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values by key in a database, for all processes that use it. Thread-safe; nothing to close.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * KeyValueStore<Cart> carts = JdbcKeyValueStore.of(dataSource, "carts", Cart.class);
 * }</pre>
 *
 * <p>The methods of {@link KeyValueStore} run in transactions of their own. Those with a connection
 * take part in the caller's, and their changes are there when it commits:
 *
 * <pre>{@code
 * try (Connection connection = dataSource.getConnection()) {
 *   connection.setAutoCommit(false);
 *   save(connection, order);
 *   carts.delete(connection, "customer-7");
 *   connection.commit();
 * }
 * }</pre>
 *
 * <p>They throw what the driver throws, and an {@link InvalidInputException} also for a connection
 * that commits each statement by itself. A transaction that has written an entry makes others that
 * write the same one wait until it ends. On SQLite one transaction writes at a time; set a {@code
 * busy_timeout}, and begin one that reads before it writes with the driver's {@code
 * transaction_mode=IMMEDIATE}.
 *
 * <p>Entries expire by the database's clock.
 *
 * @param <V> the type of the values
 */
public final class JdbcKeyValueStore<V> implements KeyValueStore<V> {

  /** The longest name of a store, in characters. */
  public static final int MAX_NAME_LENGTH = 100;

  private final Database database;
  private final KeyValueRows rows;
  private final EntryFormat<V> format;
  private final PeriodicPurge periodicPurge;

  private JdbcKeyValueStore(Builder<V> builder) {
    database = new Database(builder.dataSource, builder.time);
    rows = new KeyValueRows(database, builder.name);
    format = new EntryFormat<>(builder.codec, builder.type);
    periodicPurge =
        new PeriodicPurge(builder.time, "entries", () -> purge() == KeyValueRows.PURGED_AT_ONCE);
  }

  /**
   * Returns a store with the default codec.
   *
   * @param name the store's name: stores with different names have nothing in common. From 1 to
   *     {@link #MAX_NAME_LENGTH} characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when the name is not
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws io.w7s.sdk.store.StoreException when it cannot be reached
   */
  public static <V> JdbcKeyValueStore<V> of(DataSource dataSource, String name, Class<V> type) {
    return builder(dataSource, name, TypeRef.of(type)).build();
  }

  /** Returns a store with the default codec; as {@link #of(DataSource, String, Class)}. */
  public static <V> JdbcKeyValueStore<V> of(DataSource dataSource, String name, TypeRef<V> type) {
    return builder(dataSource, name, type).build();
  }

  /**
   * Begins a store.
   *
   * @param name as in {@link #of(DataSource, String, Class)}
   */
  public static <V> Builder<V> builder(DataSource dataSource, String name, TypeRef<V> type) {
    return new Builder<>(dataSource, Texts.name("name of the store", name, MAX_NAME_LENGTH), type);
  }

  /**
   * Sets up a store. Not thread-safe.
   *
   * @param <V> the type of the values
   */
  public static final class Builder<V> {

    private final DataSource dataSource;
    private final String name;
    private final TypeRef<V> type;
    private JsonCodec codec = JacksonCodec.create();
    private @Nullable TimeSource time;

    private Builder(DataSource dataSource, String name, TypeRef<V> type) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
      this.name = requireNonNull(name, "name");
      this.type = requireNonNull(type, "type");
    }

    /** Sets what writes and reads values. Default {@link JacksonCodec}. */
    public Builder<V> codec(JsonCodec codec) {
      this.codec = requireNonNull(codec, "codec");
      return this;
    }

    /** Sets the clock, for tests. Default: the database's own. */
    public Builder<V> time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the store.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite
     *     or H2
     * @throws io.w7s.sdk.store.StoreException when it cannot be reached
     */
    public JdbcKeyValueStore<V> build() {
      return new JdbcKeyValueStore<>(this);
    }
  }

  private Entry<V> read(KeyValueRows.Row row) {
    return new Entry<>(
        row.key(),
        format.read(row.json()),
        row.version(),
        row.expiresAt().isPresent()
            ? Optional.of(Instant.ofEpochMilli(row.expiresAt().getAsLong()))
            : Optional.empty());
  }

  /** Versions are drawn in the transaction that writes them, where that takes two statements. */
  private <T> T write(String what, Work<T> work) {
    return database.dialect() == Dialect.SQLITE
        ? database.runInTransaction(what, work)
        : database.run(what, work);
  }

  private <T> T writeAndPurge(Work<T> work) {
    T written = write("put an entry", work);
    periodicPurge.nowAndThen();
    return written;
  }

  // ---- Reading

  @Override
  public Optional<Entry<V>> get(String key) {
    byte[] bytes = EntryFormat.key(key);
    return database.run("read an entry", connection -> rows.get(connection, bytes)).map(this::read);
  }

  /** Returns the entry of a key as a transaction sees it; as {@link #get(String)} otherwise. */
  public Optional<Entry<V>> get(Connection connection, String key) throws SQLException {
    return rows.get(connection, EntryFormat.key(key)).map(this::read);
  }

  @Override
  public List<Entry<V>> list(String prefix, int limit, String after) {
    EntryFormat.Range range = EntryFormat.range(prefix, limit, after);
    return database.run("list entries", connection -> rows.list(connection, range)).stream()
        .map(this::read)
        .toList();
  }

  // ---- Writing

  @Override
  public long put(String key, V value) {
    byte[] bytes = EntryFormat.key(key);
    byte[] json = format.write(value);
    return writeAndPurge(connection -> rows.put(connection, bytes, json, null));
  }

  @Override
  public long put(String key, V value, Duration timeToLive) {
    byte[] bytes = EntryFormat.key(key);
    long millis = EntryFormat.millis(timeToLive);
    byte[] json = format.write(value);
    return writeAndPurge(connection -> rows.put(connection, bytes, json, millis));
  }

  /** Puts a value in the caller's transaction; as {@link #put(String, Object)} otherwise. */
  public long put(Connection connection, String key, V value) throws SQLException {
    return rows.put(
        Database.inTransactionOf(connection), EntryFormat.key(key), format.write(value), null);
  }

  /** Puts a value in the caller's transaction; as {@link #put(String, Object, Duration)}. */
  public long put(Connection connection, String key, V value, Duration timeToLive)
      throws SQLException {
    return rows.put(
        Database.inTransactionOf(connection),
        EntryFormat.key(key),
        format.write(value),
        EntryFormat.millis(timeToLive));
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value) {
    byte[] bytes = EntryFormat.key(key);
    byte[] json = format.write(value);
    return writeAndPurge(connection -> rows.putIfAbsent(connection, bytes, json, null));
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value, Duration timeToLive) {
    byte[] bytes = EntryFormat.key(key);
    long millis = EntryFormat.millis(timeToLive);
    byte[] json = format.write(value);
    return writeAndPurge(connection -> rows.putIfAbsent(connection, bytes, json, millis));
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value) {
    byte[] bytes = EntryFormat.key(key);
    byte[] json = format.write(value);
    return writeAndPurge(
        connection -> rows.replace(connection, bytes, expectedVersion, json, null));
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value, Duration timeToLive) {
    byte[] bytes = EntryFormat.key(key);
    long millis = EntryFormat.millis(timeToLive);
    byte[] json = format.write(value);
    return writeAndPurge(
        connection -> rows.replace(connection, bytes, expectedVersion, json, millis));
  }

  /** Replaces a value in the caller's transaction; as {@link #replace(String, long, Object)}. */
  public OptionalLong replace(Connection connection, String key, long expectedVersion, V value)
      throws SQLException {
    return rows.replace(
        Database.inTransactionOf(connection),
        EntryFormat.key(key),
        expectedVersion,
        format.write(value),
        null);
  }

  /**
   * Replaces a value in the caller's transaction; as {@link #replace(String, long, Object,
   * Duration)}.
   */
  public OptionalLong replace(
      Connection connection, String key, long expectedVersion, V value, Duration timeToLive)
      throws SQLException {
    return rows.replace(
        Database.inTransactionOf(connection),
        EntryFormat.key(key),
        expectedVersion,
        format.write(value),
        EntryFormat.millis(timeToLive));
  }

  @Override
  public boolean delete(String key) {
    byte[] bytes = EntryFormat.key(key);
    return database.run("delete an entry", connection -> rows.delete(connection, bytes));
  }

  @Override
  public boolean delete(String key, long expectedVersion) {
    byte[] bytes = EntryFormat.key(key);
    return database.run(
        "delete an entry", connection -> rows.delete(connection, bytes, expectedVersion));
  }

  /** Deletes an entry in the caller's transaction; as {@link #delete(String)}. */
  public boolean delete(Connection connection, String key) throws SQLException {
    return rows.delete(Database.inTransactionOf(connection), EntryFormat.key(key));
  }

  /** Deletes an entry in the caller's transaction; as {@link #delete(String, long)}. */
  public boolean delete(Connection connection, String key, long expectedVersion)
      throws SQLException {
    return rows.delete(Database.inTransactionOf(connection), EntryFormat.key(key), expectedVersion);
  }

  @Override
  public int purge() {
    return database.run("purge entries", rows::purge);
  }
}

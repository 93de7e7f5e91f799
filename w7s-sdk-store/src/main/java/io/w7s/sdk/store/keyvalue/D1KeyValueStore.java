package io.w7s.sdk.store.keyvalue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.BoundStore;
import io.w7s.sdk.store.internal.D1Rows;
import io.w7s.sdk.store.internal.EntryFormat;
import io.w7s.sdk.store.internal.PeriodicPurge;
import io.w7s.sdk.store.internal.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values by key in a D1 database that the app on W7S is bound to, through its bridge.
 * Thread-safe. Needs {@code w7s-sdk-hosted} on the class path, and the binding in {@code w7s.json}:
 * {@code "bindings": {"d1": ["DB"]}}.
 *
 * <pre>{@code
 * Bridge bridge = Bridge.of(W7sConfig.load());
 * D1KeyValueStore.migrate(bridge, "DB");
 * KeyValueStore<Cart> carts = D1KeyValueStore.of(bridge, "DB", "carts", Cart.class);
 * }</pre>
 *
 * <p>Each method is one request with one transaction, except that a list of large values takes
 * several; a page shows what is there when each of them is made. Entries expire by the database's
 * clock. A {@link io.w7s.sdk.store.StoreException} has a cause that says whether the bridge refused
 * the call or failed, or the database did.
 *
 * @param <V> the type of the values
 */
public final class D1KeyValueStore<V> implements KeyValueStore<V> {

  private final D1Rows rows;
  private final EntryFormat<V> format;
  private final PeriodicPurge periodicPurge;

  private D1KeyValueStore(Builder<V> builder) {
    rows = new D1Rows(builder.database, builder.name, builder.time);
    format = new EntryFormat<>(builder.codec, builder.type);
    periodicPurge =
        new PeriodicPurge(builder.time, "entries", () -> purge() == D1Rows.PURGED_AT_ONCE);
  }

  /**
   * Creates the tables of all stores in a database, unless they are there: {@code w7s_entries} and
   * {@code w7s_entry_versions}. May be called by any number of processes at a time.
   *
   * @param binding the name of the database's binding
   * @throws io.w7s.sdk.store.StoreException when the bridge or the database cannot do it
   */
  public static void migrate(Bridge bridge, String binding) {
    D1Rows.migrate(new BoundStore(bridge, "d1", binding));
  }

  /**
   * Returns a store with the default codec.
   *
   * @param bridge not closed with the store
   * @param binding the name of the database's binding
   * @param name the store's name: stores with different names have nothing in common. From 1 to
   *     {@link JdbcKeyValueStore#MAX_NAME_LENGTH} characters, without control characters and
   *     unpaired surrogates
   * @throws InvalidInputException when one of the names is not
   */
  public static <V> D1KeyValueStore<V> of(
      Bridge bridge, String binding, String name, Class<V> type) {
    return builder(bridge, binding, name, TypeRef.of(type)).build();
  }

  /** Begins a store; as {@link #of}. */
  public static <V> Builder<V> builder(
      Bridge bridge, String binding, String name, TypeRef<V> type) {
    return new Builder<>(
        new BoundStore(bridge, "d1", binding),
        Texts.name(
            "name of the store", requireNonNull(name, "name"), JdbcKeyValueStore.MAX_NAME_LENGTH),
        type);
  }

  /**
   * Sets up a store. Not thread-safe.
   *
   * @param <V> the type of the values
   */
  public static final class Builder<V> {

    private final BoundStore database;
    private final String name;
    private final TypeRef<V> type;
    private JsonCodec codec = JacksonCodec.create();
    private @Nullable TimeSource time;

    private Builder(BoundStore database, String name, TypeRef<V> type) {
      this.database = database;
      this.name = name;
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

    /** Returns the store. The database is not looked at. */
    public D1KeyValueStore<V> build() {
      return new D1KeyValueStore<>(this);
    }
  }

  private Entry<V> read(D1Rows.Row row) {
    return new Entry<>(
        row.key(),
        format.read(row.json()),
        row.version(),
        Optional.ofNullable(row.expiresAt()).map(Instant::ofEpochMilli));
  }

  @Override
  public Optional<Entry<V>> get(String key) {
    return rows.get(checked(key)).map(this::read);
  }

  private static String checked(String key) {
    return EntryFormat.text(EntryFormat.key(key));
  }

  @Override
  public List<Entry<V>> list(String prefix, int limit, String after) {
    return rows.list(EntryFormat.range(prefix, limit, after), prefix).stream()
        .map(this::read)
        .toList();
  }

  @Override
  public long put(String key, V value) {
    return written(rows.put(checked(key), format.write(value), null)).orElseThrow();
  }

  @Override
  public long put(String key, V value, Duration timeToLive) {
    long millis = EntryFormat.millis(timeToLive);
    return written(rows.put(checked(key), format.write(value), millis)).orElseThrow();
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value) {
    return written(rows.putIfAbsent(checked(key), format.write(value), null));
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value, Duration timeToLive) {
    long millis = EntryFormat.millis(timeToLive);
    return written(rows.putIfAbsent(checked(key), format.write(value), millis));
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value) {
    return written(rows.replace(checked(key), expectedVersion, format.write(value), null));
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value, Duration timeToLive) {
    long millis = EntryFormat.millis(timeToLive);
    return written(rows.replace(checked(key), expectedVersion, format.write(value), millis));
  }

  private OptionalLong written(OptionalLong version) {
    periodicPurge.nowAndThen();
    return version;
  }

  @Override
  public boolean delete(String key) {
    return rows.delete(checked(key), null);
  }

  @Override
  public boolean delete(String key, long expectedVersion) {
    return rows.delete(checked(key), expectedVersion);
  }

  @Override
  public int purge() {
    return rows.purge();
  }
}

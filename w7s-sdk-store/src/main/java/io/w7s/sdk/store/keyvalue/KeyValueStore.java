package io.w7s.sdk.store.keyvalue;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.EntryFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps values by key: settings, carts, the last state of something. {@link JdbcKeyValueStore} has
 * it on a database, {@link #inMemory} for tests. Thread-safe.
 *
 * <pre>{@code
 * KeyValueStore<Cart> carts = JdbcKeyValueStore.of(dataSource, "carts", Cart.class);
 * carts.put("customer-7", cart, Duration.ofDays(30));
 * Optional<Entry<Cart>> found = carts.get("customer-7");
 * }</pre>
 *
 * <p>Each write gives the entry a new version, which no entry of the store has had before: an entry
 * that was deleted and put again never has an old one. So {@link #replace} knows whether somebody
 * else has written in between:
 *
 * <pre>{@code
 * Entry<Cart> entry;
 * do {
 *   entry = carts.get(key).orElseThrow();
 * } while (carts.replace(key, entry.version(), entry.value().with(item)).isEmpty());
 * }</pre>
 *
 * <p>A key has from 1 to {@link #MAX_KEY_LENGTH} characters, without NUL and unpaired surrogates;
 * upper and lower case differ. A value is never null, and has at most {@link #MAX_VALUE_BYTES} of
 * JSON. An entry that has expired is not seen any more, by any method, and deleted some time later.
 *
 * <p>Besides what is said there, methods throw an {@link InvalidInputException} for a key, prefix
 * or value that is out of bounds, a {@link io.w7s.sdk.error.CodecException} for a value that cannot
 * be written or read as JSON, and a {@link io.w7s.sdk.store.StoreException} when the database
 * fails. A write may have been done all the same if the connection was lost meanwhile. {@code
 * putIfAbsent}, {@code replace} and {@code delete} that are tried again cannot tell that from a
 * write of somebody else: let the value say who wrote it, or what was applied to it, and read it
 * first.
 *
 * <p>{@code KeyValueStoreContract} tests an implementation of your own.
 *
 * @param <V> the type of the values
 */
public interface KeyValueStore<V> {

  /** The longest key, in characters. */
  int MAX_KEY_LENGTH = EntryFormat.MAX_KEY_LENGTH;

  /** The most bytes of JSON that a value may have, 1 MiB. */
  int MAX_VALUE_BYTES = EntryFormat.MAX_VALUE_BYTES;

  /** The most entries that one {@link #list} returns. */
  int MAX_PAGE = EntryFormat.MAX_PAGE;

  /** The longest time to live, 100 years of 365 days. */
  Duration MAX_TIME_TO_LIVE = EntryFormat.MAX_TIME_TO_LIVE;

  /**
   * A key and its value.
   *
   * @param key the key
   * @param value the value; never null
   * @param version the number of the write, the same until the next one. Versions say nothing about
   *     the order of writes
   * @param expiry when the entry expires, in milliseconds; empty for never
   * @param <V> the type of the value
   */
  record Entry<V>(String key, V value, long version, Optional<Instant> expiry) {

    /** Returns the entry without its value. */
    @Override
    public String toString() {
      return "Entry[key="
          + key
          + ", version="
          + version
          + expiry.map(time -> ", expiry=" + time).orElse("")
          + "]";
    }
  }

  /** Returns the entry of a key; empty when there is none. */
  Optional<Entry<V>> get(String key);

  /**
   * Puts a value under a key, whatever was there. It does not expire, even if what was there would
   * have.
   *
   * @return the version of the entry
   */
  long put(String key, V value);

  /**
   * Puts a value under a key for a time, whatever was there.
   *
   * @param timeToLive after what time it expires, from 1 millisecond to {@link #MAX_TIME_TO_LIVE}
   * @return the version of the entry
   */
  long put(String key, V value, Duration timeToLive);

  /**
   * Puts a value under a key that has none.
   *
   * @return the version of the entry; empty when there was one, which stays as it is
   */
  OptionalLong putIfAbsent(String key, V value);

  /**
   * Puts a value under a key that has none, for a time; as {@link #putIfAbsent(String, Object)}.
   */
  OptionalLong putIfAbsent(String key, V value, Duration timeToLive);

  /**
   * Replaces a value if nobody has written since it was read (compare-and-set). It does not expire,
   * even if the former value would have.
   *
   * @param expectedVersion the version of the entry that was read
   * @return the new version; empty when the entry has another one or is not there any more, and
   *     nothing was changed
   */
  OptionalLong replace(String key, long expectedVersion, V value);

  /** Replaces a value for a time; as {@link #replace(String, long, Object)}. */
  OptionalLong replace(String key, long expectedVersion, V value, Duration timeToLive);

  /**
   * Deletes an entry.
   *
   * @return whether there was one
   */
  boolean delete(String key);

  /**
   * Deletes an entry if nobody has written since it was read.
   *
   * @param expectedVersion the version of the entry that was read
   * @return whether it was deleted; otherwise it has another version or is not there any more
   */
  boolean delete(String key, long expectedVersion);

  /**
   * Lists the first entries whose keys have a prefix; as {@link #list(String, int, String)}.
   *
   * @param prefix the prefix; empty for all keys
   * @param limit how many at most, from 1 to {@link #MAX_PAGE}
   */
  default List<Entry<V>> list(String prefix, int limit) {
    return list(prefix, limit, "");
  }

  /**
   * Lists entries whose keys have a prefix, in the order of their keys by code points, which is
   * that of their UTF-8. Pages show what is there when each is read: an entry that is there all the
   * time is in one of them, once.
   *
   * @param prefix the prefix; empty for all keys. No character has a special meaning
   * @param limit how many at most, from 1 to {@link #MAX_PAGE}
   * @param after the key behind which the list begins, which need not be there: that of the last
   *     entry of the page before; empty for the first page
   * @return the entries; fewer than the limit when there are no more; unmodifiable
   */
  List<Entry<V>> list(String prefix, int limit, String after);

  /**
   * Deletes entries of this store that have expired, some at a time: call it until it returns 0.
   * The store does this by itself about once a minute, as long as values are put.
   *
   * @return how many were deleted
   */
  int purge();

  /** Returns a store that ends with the process, with the default codec and the machine's clock. */
  static <V> KeyValueStore<V> inMemory(Class<V> type) {
    return inMemory(TypeRef.of(type));
  }

  /** Returns a store that ends with the process, with the default codec and the machine's clock. */
  static <V> KeyValueStore<V> inMemory(TypeRef<V> type) {
    return inMemory(type, JacksonCodec.create(), TimeSource.system());
  }

  /**
   * Returns a store that ends with the process. It keeps values as JSON, as the others do: what is
   * read is a copy of what was put.
   */
  static <V> KeyValueStore<V> inMemory(TypeRef<V> type, JsonCodec codec, TimeSource time) {
    return new InMemoryKeyValueStore<>(new EntryFormat<>(codec, type), time);
  }
}

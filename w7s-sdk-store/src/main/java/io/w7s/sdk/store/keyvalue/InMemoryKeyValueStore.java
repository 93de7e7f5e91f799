package io.w7s.sdk.store.keyvalue;

import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.EntryFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps entries as JSON, in the order of their keys, and those that expire in the order in which
 * they do. Each method first removes what has expired. The lock is not held while a codec runs.
 */
final class InMemoryKeyValueStore<V> implements KeyValueStore<V> {

  private record Stored(byte[] key, byte[] json, long version, @Nullable Long expiresAt) {}

  private record Expiry(long at, long version) {}

  private final EntryFormat<V> format;
  private final TimeSource time;
  private final NavigableMap<byte[], Stored> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final NavigableMap<Expiry, byte[]> expiring =
      new TreeMap<>(Comparator.comparingLong(Expiry::at).thenComparingLong(Expiry::version));
  private long lastVersion;

  InMemoryKeyValueStore(EntryFormat<V> format, TimeSource time) {
    this.format = format;
    this.time = time;
  }

  private Entry<V> read(Stored stored) {
    return new Entry<>(
        EntryFormat.text(stored.key()),
        format.read(stored.json()),
        stored.version(),
        Optional.ofNullable(stored.expiresAt()).map(Instant::ofEpochMilli));
  }

  @Override
  public Optional<Entry<V>> get(String key) {
    byte[] bytes = EntryFormat.key(key);
    Stored found;
    synchronized (entries) {
      removeExpired();
      found = entries.get(bytes);
    }
    return Optional.ofNullable(found).map(this::read);
  }

  @Override
  public long put(String key, V value) {
    return write(key, value, null, former -> true).getAsLong();
  }

  @Override
  public long put(String key, V value, Duration timeToLive) {
    return write(key, value, timeToLive, former -> true).getAsLong();
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value) {
    return write(key, value, null, former -> former == null);
  }

  @Override
  public OptionalLong putIfAbsent(String key, V value, Duration timeToLive) {
    return write(key, value, timeToLive, former -> former == null);
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value) {
    return write(key, value, null, former -> hasVersion(former, expectedVersion));
  }

  @Override
  public OptionalLong replace(String key, long expectedVersion, V value, Duration timeToLive) {
    return write(key, value, timeToLive, former -> hasVersion(former, expectedVersion));
  }

  /** What must be so before a write. */
  private interface Condition {
    boolean holds(@Nullable Stored former);
  }

  private static boolean hasVersion(@Nullable Stored former, long version) {
    return former != null && former.version() == version;
  }

  private OptionalLong write(
      String key, V value, @Nullable Duration timeToLive, Condition condition) {
    byte[] bytes = EntryFormat.key(key);
    Long millis = timeToLive == null ? null : EntryFormat.millis(timeToLive);
    byte[] json = format.write(value);
    synchronized (entries) {
      long now = removeExpired();
      Stored former = entries.get(bytes);
      if (!condition.holds(former)) {
        return OptionalLong.empty();
      }
      remove(former);
      var stored = new Stored(bytes, json, ++lastVersion, millis == null ? null : now + millis);
      entries.put(bytes, stored);
      if (stored.expiresAt() != null) {
        expiring.put(new Expiry(stored.expiresAt(), stored.version()), bytes);
      }
      return OptionalLong.of(stored.version());
    }
  }

  @Override
  public boolean delete(String key) {
    return delete(key, former -> former != null);
  }

  @Override
  public boolean delete(String key, long expectedVersion) {
    return delete(key, former -> hasVersion(former, expectedVersion));
  }

  private boolean delete(String key, Condition condition) {
    byte[] bytes = EntryFormat.key(key);
    synchronized (entries) {
      removeExpired();
      Stored former = entries.get(bytes);
      boolean holds = condition.holds(former);
      if (holds) {
        remove(former);
      }
      return holds;
    }
  }

  @Override
  public List<Entry<V>> list(String prefix, int limit, String after) {
    EntryFormat.Range range = EntryFormat.range(prefix, limit, after);
    if (range.isEmpty()) {
      return List.of();
    }
    List<Stored> found;
    synchronized (entries) {
      removeExpired();
      found = entries.subMap(range.from(), range.to()).values().stream().limit(limit).toList();
    }
    return found.stream().map(this::read).toList();
  }

  @Override
  public int purge() {
    synchronized (entries) {
      int before = entries.size();
      removeExpired();
      return before - entries.size();
    }
  }

  /** Removes what has expired; returns the time. */
  private long removeExpired() {
    long now = time.now().toEpochMilli();
    while (!expiring.isEmpty() && expiring.firstKey().at() <= now) {
      entries.remove(expiring.pollFirstEntry().getValue());
    }
    return now;
  }

  private void remove(@Nullable Stored stored) {
    if (stored != null) {
      entries.remove(stored.key());
      if (stored.expiresAt() != null) {
        expiring.remove(new Expiry(stored.expiresAt(), stored.version()));
      }
    }
  }
}

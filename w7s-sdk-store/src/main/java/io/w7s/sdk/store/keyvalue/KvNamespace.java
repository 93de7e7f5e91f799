package io.w7s.sdk.store.keyvalue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.store.internal.BoundKeys;
import io.w7s.sdk.store.internal.BoundStore;
import io.w7s.sdk.store.internal.EntryFormat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Values by key in a KV namespace that the app on W7S is bound to, through its bridge: for what is
 * read often and written rarely, such as settings. Thread-safe. Needs {@code w7s-sdk-hosted} on the
 * class path, and the binding in {@code w7s.json}: {@code "bindings": {"kv": ["CACHE"]}}.
 *
 * <pre>{@code
 * Bridge bridge = Bridge.of(W7sConfig.load());
 * KvNamespace<Settings> settings = KvNamespace.of(bridge, "CACHE", Settings.class);
 * settings.put("shop", changed);
 * }</pre>
 *
 * <p>It is no {@link KeyValueStore}, because KV cannot do what that promises: a value that was
 * written, or that there is none, is seen elsewhere up to a minute late or later; of two writes at
 * the same time one is lost; and nothing can be written on condition of what is there. {@link
 * D1KeyValueStore} can do all of that. KV takes about one write a second for a key.
 *
 * <p>A key has from 1 to {@link #MAX_KEY_BYTES} bytes of UTF-8, without NUL and unpaired
 * surrogates, and is neither {@code .} nor {@code ..}. A value is never null, and has at most
 * {@link KeyValueStore#MAX_VALUE_BYTES} of JSON.
 *
 * <p>Methods throw an {@link InvalidInputException} for a key, prefix or value that is out of
 * bounds, a {@link io.w7s.sdk.error.CodecException} for a value that cannot be written or read as
 * JSON, and a {@link io.w7s.sdk.store.StoreException} whose cause says whether the bridge refused
 * the call or failed, or the namespace did.
 *
 * @param <V> the type of the values
 */
public final class KvNamespace<V> {

  /** The longest key, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 512;

  /** The shortest time to live that KV takes. */
  public static final Duration MIN_TIME_TO_LIVE = Duration.ofSeconds(60);

  private static final byte[] NOTHING = {};

  private final BoundStore namespace;
  private final String name;
  private final EntryFormat<V> format;

  private KvNamespace(Bridge bridge, String binding, EntryFormat<V> format) {
    this.namespace = new BoundStore(bridge, "kv", binding);
    this.name = binding;
    this.format = format;
  }

  /**
   * Returns a namespace whose values the default codec writes and reads.
   *
   * @param bridge not closed with it
   * @param binding the name of the namespace's binding
   */
  public static <V> KvNamespace<V> of(Bridge bridge, String binding, Class<V> type) {
    return of(bridge, binding, TypeRef.of(type), JacksonCodec.create());
  }

  /** Returns a namespace with a codec; as {@link #of(Bridge, String, Class)} otherwise. */
  public static <V> KvNamespace<V> of(
      Bridge bridge, String binding, TypeRef<V> type, JsonCodec codec) {
    return new KvNamespace<>(
        bridge,
        binding,
        new EntryFormat<>(requireNonNull(codec, "codec"), requireNonNull(type, "type")));
  }

  private static String key(String key) {
    int length = EntryFormat.utf8("key", requireNonNull(key, "key")).length;
    if (key.equals(".") || key.equals("..")) {
      throw new InvalidInputException("key", key, "another key, which KV takes");
    }
    if (length == 0 || length > MAX_KEY_BYTES) {
      throw new InvalidInputException("key", length + " bytes", "1 to " + MAX_KEY_BYTES + " bytes");
    }
    return BoundStore.parameter("key", key);
  }

  /** Returns the value of a key as this place knows it; empty when there is none. */
  public Optional<V> get(String key) {
    return namespace.call("read a value in " + name, "GET", key(key), NOTHING).map(format::read);
  }

  /** Puts a value under a key, whatever was there. It does not expire. */
  public void put(String key, V value) {
    put(key(key), format.write(value));
  }

  /**
   * Puts a value under a key for a time, whatever was there.
   *
   * @param timeToLive after what time it expires, from {@link #MIN_TIME_TO_LIVE} to {@link
   *     KeyValueStore#MAX_TIME_TO_LIVE}; parts of a second count as a whole one
   */
  public void put(String key, V value, Duration timeToLive) {
    if (requireNonNull(timeToLive, "time to live").compareTo(MIN_TIME_TO_LIVE) < 0
        || timeToLive.compareTo(KeyValueStore.MAX_TIME_TO_LIVE) > 0) {
      throw new InvalidInputException(
          "time to live",
          timeToLive.toString(),
          "from 60 seconds to " + KeyValueStore.MAX_TIME_TO_LIVE.toDays() + " days");
    }
    long seconds = timeToLive.plusNanos(999_999_999).toSeconds();
    put(key(key) + "&ttl=" + seconds, format.write(value));
  }

  private void put(String query, byte[] json) {
    namespace.call("put a value in " + name, "PUT", query, json);
  }

  /** Deletes a value, if there is one. */
  public void delete(String key) {
    namespace.call("delete a value in " + name, "DELETE", key(key), NOTHING);
  }

  /**
   * Lists the keys with a prefix, in the order of their UTF-8, a page of 1,000 at a time as the
   * stream is read.
   *
   * @param prefix the prefix; empty for all keys
   */
  public Stream<String> keys(String prefix) {
    int length = EntryFormat.utf8("prefix", requireNonNull(prefix, "prefix")).length;
    if (length > MAX_KEY_BYTES) {
      throw new InvalidInputException("prefix", length + " bytes", "at most " + MAX_KEY_BYTES);
    }
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new Keys(BoundStore.parameter("prefix", prefix)),
            Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  private final class Keys implements Iterator<String> {

    private final String query;
    private final Queue<String> page = new ArrayDeque<>();
    private @Nullable String cursor;
    private boolean last;

    Keys(String query) {
      this.query = query;
    }

    @Override
    public boolean hasNext() {
      while (page.isEmpty() && !last) { // a page may have no keys, and others behind it
        BoundKeys listed =
            namespace.get(
                "list keys in " + name, query + BoundStore.cursor(cursor), BoundKeys.class);
        page.addAll(listed.keys());
        cursor = listed.cursor();
        last = cursor == null;
      }
      return !page.isEmpty();
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return page.remove();
    }
  }

  /** Returns the name of the binding. */
  @Override
  public String toString() {
    return "KvNamespace[" + name + "]";
  }
}

package io.w7s.sdk.store.blob;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.BoundObjects;
import io.w7s.sdk.store.internal.BoundStore;
import io.w7s.sdk.store.internal.PeriodicPurge;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blobs in an R2 bucket that the app on W7S is bound to, through its bridge. Thread-safe.
 * Needs {@code w7s-sdk-hosted} on the class path, and the binding in {@code w7s.json}: {@code
 * "bindings": {"r2": ["FILES"]}}.
 *
 * <pre>{@code
 * Bridge bridge = Bridge.of(W7sConfig.load());
 * BlobStore blobs = R2BlobStore.of(bridge, "FILES");
 * }</pre>
 *
 * <p>Bytes are sent with their SHA-256, and R2 refuses those that have another. A blob may have
 * {@link #MAX_BYTES}, which is what a bridge takes unless it is told otherwise. Use {@link
 * S3BlobStore} for larger ones: R2 speaks that protocol too, where you have its keys.
 *
 * <p>A blob is as old as R2 says, by the clock of this machine. Methods throw a {@link
 * io.w7s.sdk.store.StoreException} whose cause says whether the bridge refused the call or failed,
 * or the bucket did.
 */
public final class R2BlobStore implements BlobStore {

  /** The largest blob: 10 MiB. */
  public static final int MAX_BYTES = 10 * 1024 * 1024;

  /** Where the objects are, unless another prefix is set. */
  public static final String DEFAULT_PREFIX = ObjectKeys.DEFAULT_PREFIX;

  private static final int MAX_PREFIX = 200;

  /** The most that R2 lists. A sender can wait for one list, and for what deletes the old ones. */
  private static final int LISTED_AT_ONCE = 1_000;

  /** The most that the bridge deletes. */
  private static final int DELETED_AT_ONCE = 100;

  /** The bridge takes targets of up to 8,192 characters. */
  private static final int LONGEST_QUERY = 6_000;

  private static final byte[] NOTHING = {};

  private final BoundStore bucket;
  private final String name;
  private final ObjectKeys keys;
  private final Duration expiry;
  private final TimeSource time;
  private final PeriodicPurge periodicPurge;

  /** Where the next sweep of a part goes on. */
  private final AtomicReference<@Nullable String> cursor = new AtomicReference<>();

  private R2BlobStore(Builder builder) {
    bucket = builder.bucket;
    name = builder.binding;
    keys = builder.keys;
    expiry = builder.expiry;
    time = builder.time;
    periodicPurge = new PeriodicPurge(time, "blobs", this::sweepSome);
  }

  /**
   * Returns a store that keeps blobs for 8 days, under {@link #DEFAULT_PREFIX}.
   *
   * @param bridge not closed with the store
   * @param binding the name of the bucket's binding
   */
  public static R2BlobStore of(Bridge bridge, String binding) {
    return builder(bridge, binding).build();
  }

  /** Begins a store; as {@link #of}. */
  public static Builder builder(Bridge bridge, String binding) {
    return new Builder(bridge, binding);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final BoundStore bucket;
    private final String binding;
    private ObjectKeys keys = new ObjectKeys(DEFAULT_PREFIX);
    private Duration expiry = DEFAULT_EXPIRY;
    private TimeSource time = TimeSource.system();

    private Builder(Bridge bridge, String binding) {
      this.bucket = new BoundStore(bridge, "r2", binding);
      this.binding = binding;
    }

    /**
     * Sets what the keys of all objects begin with. Default {@link #DEFAULT_PREFIX}.
     *
     * @throws InvalidInputException when it does not end with a slash, or has more than 200
     *     characters
     */
    public Builder prefix(String prefix) {
      keys = new ObjectKeys(prefix);
      if (prefix.length() > MAX_PREFIX) {
        throw new InvalidInputException(
            "prefix", prefix.length() + " characters", "at most " + MAX_PREFIX);
      }
      return this;
    }

    /**
     * Sets how long a blob is kept. Default 8 days.
     *
     * @throws InvalidInputException when it is shorter than {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder expiry(Duration expiry) {
      this.expiry = BlobStore.requireExpiry(requireNonNull(expiry, "expiry"));
      return this;
    }

    /** Sets the clock, for tests. Default: the system's. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Returns the store. The bucket is not looked at. */
    public R2BlobStore build() {
      return new R2BlobStore(this);
    }
  }

  private String key(BlobRef blob) {
    return BoundStore.parameter("key", keys.of(blob));
  }

  @Override
  public void put(BlobRef blob, byte[] bytes) {
    bucket.call(
        "store a blob in " + name,
        "PUT",
        key(blob) + "&" + BoundStore.parameter("sha256", blob.sha256()),
        bytes);
    periodicPurge.nowAndThen();
  }

  @Override
  public Optional<byte[]> get(BlobRef blob) {
    int most = Math.min(blob.size(), MAX_BYTES) + 1;
    return bucket.call("read a blob in " + name, "GET", key(blob) + "&length=" + most, NOTHING);
  }

  @Override
  public Duration expiry() {
    return expiry;
  }

  @Override
  public int maxBytes() {
    return MAX_BYTES;
  }

  @Override
  public int sweep() {
    Page page = sweep(null);
    int swept = page.swept();
    while (page.cursor() != null) {
      page = sweep(page.cursor());
      swept += page.swept();
    }
    return swept;
  }

  /** Sweeps the next few objects. Those behind them can wait. */
  private boolean sweepSome() {
    cursor.set(sweep(cursor.getAndSet(null)).cursor());
    return false;
  }

  /**
   * What was done with a page of objects.
   *
   * @param cursor where the next one begins; null where there is none
   */
  private record Page(int swept, @Nullable String cursor) {}

  private Page sweep(@Nullable String from) {
    long before = time.now().minus(expiry).toEpochMilli();
    BoundObjects listed =
        bucket.get(
            "list blobs in " + name,
            BoundStore.parameter("prefix", keys.prefix())
                + ("&limit=" + LISTED_AT_ONCE + BoundStore.cursor(from)),
            BoundObjects.class);
    List<String> old =
        listed.objects().stream()
            .filter(object -> keys.isBlob(object.key()) && object.uploaded() < before)
            .map(object -> BoundStore.parameter("key", object.key()))
            .toList();
    delete(old);
    return new Page(old.size(), listed.cursor());
  }

  private void delete(List<String> keys) {
    int start = 0;
    while (start < keys.size()) {
      var query = new StringBuilder(keys.get(start));
      int end = start + 1;
      while (end < keys.size()
          && end - start < DELETED_AT_ONCE
          && query.length() + keys.get(end).length() < LONGEST_QUERY) {
        query.append('&').append(keys.get(end++));
      }
      bucket.call("delete old blobs in " + name, "DELETE", query.toString(), NOTHING);
      start = end;
    }
  }
}

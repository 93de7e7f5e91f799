package io.w7s.sdk.store.blob;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.internal.PeriodicPurge;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Keeps blobs in a bucket of Amazon S3, or of another service that speaks its protocol, such as
 * Cloudflare R2 or MinIO. Thread-safe. Needs {@code software.amazon.awssdk:s3} and one of its HTTP
 * clients on the class path.
 *
 * <pre>{@code
 * var blobs = S3BlobStore.of(s3Client, "acme-messages");
 * }</pre>
 *
 * <p>The client is yours: its region, its credentials, its timeouts and its retries; it is not
 * closed here. It needs the rights to get, put, list and delete objects. Bytes are sent with their
 * SHA-256, so that the service refuses what was changed on the way; where the service does not
 * confirm that it knows SHA-256, the size of what it has is asked for. A service that cannot read
 * the chunks in which the client sends bytes by default needs {@code chunkedEncodingEnabled(false)}
 * in the client's configuration; otherwise {@link #put} throws.
 *
 * <p>Give the bucket a lifecycle rule that deletes the objects under the prefix after {@link
 * #expiry()}, if the service has such rules; then there is nothing left to sweep. Otherwise this
 * store lists its objects, and deletes those whose time of last modification, by the service's
 * clock, is older by the clock of this machine.
 */
public final class S3BlobStore implements BlobStore {

  /** Where the objects are, unless another prefix is set. */
  public static final String DEFAULT_PREFIX = ObjectKeys.DEFAULT_PREFIX;

  /** As many as a sender can wait for, one request for each that is old. */
  private static final int LISTED_BY_A_SENDER = 100;

  /** The most that the service lists. */
  private static final int LISTED_AT_ONCE = 1_000;

  private final S3Client client;
  private final String bucket;
  private final ObjectKeys keys;
  private final Duration expiry;
  private final TimeSource time;
  private final PeriodicPurge periodicPurge;

  /** The key behind which the next sweep of a part goes on. */
  private final AtomicReference<@Nullable String> sweptUpTo = new AtomicReference<>();

  private S3BlobStore(Builder builder) {
    client = builder.client;
    bucket = builder.bucket;
    keys = builder.keys;
    expiry = builder.expiry;
    time = builder.time;
    periodicPurge = new PeriodicPurge(time, "blobs", this::sweepSome);
  }

  /**
   * Returns a store that keeps blobs for 8 days, under {@link #DEFAULT_PREFIX}.
   *
   * @param client not closed with the store
   * @param bucket a bucket that exists
   */
  public static S3BlobStore of(S3Client client, String bucket) {
    return builder(client, bucket).build();
  }

  /** Begins a store. */
  public static Builder builder(S3Client client, String bucket) {
    return new Builder(client, bucket);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final S3Client client;
    private final String bucket;
    private ObjectKeys keys = new ObjectKeys(DEFAULT_PREFIX);
    private Duration expiry = DEFAULT_EXPIRY;
    private TimeSource time = TimeSource.system();

    private Builder(S3Client client, String bucket) {
      this.client = requireNonNull(client, "client");
      this.bucket = requireNonNull(bucket, "bucket");
    }

    /**
     * Sets what the keys of all objects begin with. Default {@link #DEFAULT_PREFIX}. Give each
     * environment its own, or a bucket of its own.
     *
     * @throws InvalidInputException when it does not end with a slash
     */
    public Builder prefix(String prefix) {
      keys = new ObjectKeys(prefix);
      return this;
    }

    /**
     * Sets how long a blob is kept. Default 8 days.
     *
     * @throws InvalidInputException when it is shorter than {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder expiry(Duration expiry) {
      requireNonNull(expiry, "expiry");
      this.expiry = BlobStore.requireExpiry(expiry);
      return this;
    }

    /** Sets the clock, for tests. Default: the system's. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Returns the store. The bucket is not looked at. */
    public S3BlobStore build() {
      return new S3BlobStore(this);
    }
  }

  private static <T extends @Nullable Object> T call(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw new StoreException(what, e);
    }
  }

  @Override
  public void put(BlobRef blob, byte[] bytes) {
    String what = "store a blob in bucket " + bucket;
    PutObjectResponse stored =
        call(
            what,
            () ->
                client.putObject(
                    put ->
                        put.bucket(bucket)
                            .key(keys.of(blob))
                            .contentType("application/json")
                            .checksumSHA256(base64(blob.sha256())),
                    RequestBody.fromBytes(bytes)));
    if (stored.checksumSHA256() == null) {
      Long size = call(what, () -> size(blob));
      if (size == null || size != blob.size()) {
        throw new StoreException(
            what
                + ": it has "
                + size
                + " bytes there instead of "
                + blob.size()
                + "; if the service cannot read chunks, set chunkedEncodingEnabled(false) for the"
                + " client",
            null);
      }
    }
    periodicPurge.nowAndThen();
  }

  /**
   * With a checksum of ours the client computes none of its own, which it would send behind the
   * bytes, in a form that few other services than Amazon's can read.
   */
  private static String base64(String sha256) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
  }

  /** Some services keep the chunks in which the bytes are sent as if they were the bytes. */
  private @Nullable Long size(BlobRef blob) {
    return client.headObject(head -> head.bucket(bucket).key(keys.of(blob))).contentLength();
  }

  @Override
  public Optional<byte[]> get(BlobRef blob) {
    return call("read a blob in bucket " + bucket, () -> read(blob));
  }

  private Optional<byte[]> read(BlobRef blob) {
    int most = Math.min(blob.size(), maxBytes()) + 1;
    try (ResponseInputStream<GetObjectResponse> in =
        client.getObject(get -> get.bucket(bucket).key(keys.of(blob)))) {
      byte[] bytes = in.readNBytes(most);
      if (bytes.length == most) {
        in.abort(); // instead of reading the rest
      }
      return Optional.of(bytes);
    } catch (NoSuchKeyException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreException("read a blob in bucket " + bucket, e);
    }
  }

  @Override
  public Duration expiry() {
    return expiry;
  }

  @Override
  public int sweep() {
    var sweep = new Sweep();
    String last = null;
    do {
      last = sweep.page(last, LISTED_AT_ONCE);
    } while (last != null);
    return sweep.result();
  }

  /** Sweeps the next few objects. Those behind them can wait. */
  private boolean sweepSome() {
    var sweep = new Sweep();
    sweptUpTo.set(sweep.page(sweptUpTo.get(), LISTED_BY_A_SENDER));
    sweep.result();
    return false;
  }

  /** An object that cannot be deleted, such as one that is locked, keeps no other from it. */
  private final class Sweep {

    private static final String WHAT = "delete old blobs in bucket ";

    private final Instant before = time.now().minus(expiry);
    private int deleted;
    private @Nullable SdkException failure;

    /** Sweeps a page; returns its last key, or null when there is no page behind it. */
    @Nullable String page(@Nullable String after, int atOnce) {
      ListObjectsV2Response listed =
          call(
              WHAT + bucket,
              () ->
                  client.listObjectsV2(
                      list ->
                          list.bucket(bucket)
                              .prefix(keys.prefix())
                              .startAfter(after)
                              .maxKeys(atOnce)));
      String last = null;
      for (S3Object object : listed.contents()) {
        last = object.key();
        if (keys.isBlob(object.key()) && object.lastModified().isBefore(before)) {
          delete(object);
        }
      }
      return Boolean.TRUE.equals(listed.isTruncated()) ? last : null;
    }

    private void delete(S3Object object) {
      try {
        client.deleteObject(delete -> delete.bucket(bucket).key(object.key()));
        deleted++;
      } catch (SdkException e) {
        failure = failure == null ? e : failure;
      }
    }

    int result() {
      if (failure != null) {
        throw new StoreException(WHAT + bucket, failure);
      }
      return deleted;
    }
  }
}

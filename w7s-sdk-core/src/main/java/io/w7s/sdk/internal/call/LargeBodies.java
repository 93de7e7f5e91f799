package io.w7s.sdk.internal.call;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.BlobMessage;
import java.util.random.RandomGenerator;

/**
 * Moves large bodies into blobs.
 *
 * @param store where they are stored
 * @param threshold the size in bytes above which a body is moved
 */
public record LargeBodies(BlobStore store, int threshold) {

  /** The size above which a body is moved by default: 48 KiB, so that its envelope fits as well. */
  public static final int DEFAULT_THRESHOLD = 49_152;

  /**
   * The lowest threshold. What brings back a message that is held back must not be moved: its
   * consumer looks for it in the message, where a key and a token take less than this.
   */
  public static final int LOWEST_THRESHOLD = 2_048;

  /**
   * Checks the settings.
   *
   * @throws InvalidInputException when the threshold is out of range, or the store's expiry is too
   *     short
   */
  public LargeBodies {
    if (threshold < LOWEST_THRESHOLD || threshold > PlatformLimits.MAX_BODY_BYTES) {
      throw new InvalidInputException(
          "threshold of blobs",
          String.valueOf(threshold),
          "from " + LOWEST_THRESHOLD + " to " + PlatformLimits.MAX_BODY_BYTES);
    }
    BlobStore.requireExpiry(store.expiry());
  }

  /**
   * Returns whether a body is to be moved. One that a consumer would take for a reference is, too,
   * whatever its size: then the consumer gets what was sent.
   */
  boolean isToBeMoved(byte[] json) {
    return json.length > threshold || BlobMessage.isMarked(JsonSlice.of(json));
  }

  /**
   * Returns what moves a body. Nothing is stored yet.
   *
   * @throws InvalidInputException when it is larger than the store allows
   */
  Upload upload(String field, byte[] json, RandomGenerator random) {
    if (json.length > store.maxBytes()) {
      throw new InvalidInputException(
          field,
          json.length + " bytes of JSON",
          "at most " + store.maxBytes() + ", which the blob store takes");
    }
    return new Upload(BlobRef.of(RandomIds.next(random), json), json);
  }

  /** A body that is stored before the message that refers to it is sent. */
  final class Upload {

    private final BlobRef blob;
    private final byte[] json;

    private Upload(BlobRef blob, byte[] json) {
      this.blob = blob;
      this.json = json;
    }

    BlobRef blob() {
      return blob;
    }

    /** Returns what is sent in place of the body. */
    byte[] reference() {
      return BlobMessage.toJson(blob);
    }

    /** Stores the body; blocks. What the store throws passes through. */
    void store() {
      store.put(blob, json);
    }
  }
}

package io.w7s.sdk.app;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.internal.wire.BlobMessage;
import io.w7s.sdk.json.JsonCodec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the bodies of messages and the data of events, wherever they are. */
final class MessageBodies {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private final JsonCodec codec;
  private final @Nullable BlobStore blobs;

  /**
   * Creates one.
   *
   * @param blobs where large bodies are; null where every body is in its message
   */
  MessageBodies(JsonCodec codec, @Nullable BlobStore blobs) {
    this.codec = codec;
    this.blobs = blobs;
  }

  /**
   * Reads a body.
   *
   * @throws CodecException when it does not fit the type, or cannot be read from its blob
   */
  <T> @Nullable T read(JsonSlice body, TypeRef<T> type) {
    BlobRef blob = blobs == null || Bodies.isVoid(type) ? null : BlobMessage.read(body);
    return Bodies.read(
        codec, blobs == null || blob == null ? body : JsonSlice.of(bytes(blobs, blob)), type);
  }

  private static byte[] bytes(BlobStore blobs, BlobRef blob) {
    if (blob.size() > blobs.maxBytes()) {
      throw new BlobReadException(
          blob.id(),
          "has %d bytes; at most %d are read".formatted(blob.size(), blobs.maxBytes()),
          false,
          null);
    }
    byte[] bytes = find(blobs, blob);
    if (!blob.matches(bytes)) {
      throw new BlobReadException(
          blob.id(),
          "is not what was sent: expected %d bytes with SHA-256 %s, found %s with SHA-256 %s"
              .formatted(
                  blob.size(),
                  blob.sha256(),
                  bytes.length > blob.size() ? "more" : bytes.length + " bytes",
                  BlobRef.sha256(bytes)),
          false,
          null);
    }
    return bytes;
  }

  private static byte[] find(BlobStore blobs, BlobRef blob) {
    try {
      return blobs
          .get(blob)
          .orElseThrow(
              () ->
                  new BlobReadException(
                      blob.id(),
                      "is not in the store; it keeps blobs for " + blobs.expiry(),
                      true,
                      null));
    } catch (BlobReadException missing) {
      throw missing;
    } catch (RuntimeException unreachable) {
      log.warn("blob {} cannot be read: {}", blob.id(), ThrowableText.of(unreachable), unreachable);
      throw new BlobReadException(
          blob.id(),
          "cannot be read: the store threw " + unreachable.getClass().getName(),
          true,
          unreachable);
    }
  }
}

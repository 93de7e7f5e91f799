package io.w7s.sdk.app;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.BlobMessage;
import io.w7s.sdk.internal.wire.BlobReader;
import io.w7s.sdk.json.JsonCodec;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of messages and the data of events, wherever they are. */
final class MessageBodies {

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
        codec,
        blobs == null || blob == null ? body : JsonSlice.of(BlobReader.read(blobs, blob)),
        type);
  }
}

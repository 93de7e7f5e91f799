package io.w7s.sdk.internal.wire;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.internal.text.ThrowableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads blobs, and compares their bytes with their references. */
public final class BlobReader {

  /** That of {@code W7sApp}, whose messages and runs these are. */
  private static final Logger log = LoggerFactory.getLogger("io.w7s.sdk.app.W7sApp");

  private BlobReader() {}

  /**
   * Returns the bytes of a blob.
   *
   * @throws BlobReadException when it is not there, is another one, or cannot be read
   */
  public static byte[] read(BlobStore blobs, BlobRef blob) {
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

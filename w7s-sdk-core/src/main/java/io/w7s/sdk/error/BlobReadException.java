package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/**
 * The body of a message is in a blob that could not be read. The message names the blob; when its
 * bytes are not those that were sent, it has the expected size and SHA-256 and those that were
 * found.
 */
public final class BlobReadException extends CodecException {

  private static final long serialVersionUID = 1L;

  private final String blobId;
  private final boolean retryable;

  /**
   * Creates an exception.
   *
   * @param blobId the blob
   * @param reason what went wrong
   * @param retryable whether the blob may be readable later
   * @param cause what the store threw; null when it threw nothing
   */
  public BlobReadException(
      String blobId, String reason, boolean retryable, @Nullable Throwable cause) {
    super("blob " + blobId, null, reason, cause);
    this.blobId = blobId;
    this.retryable = retryable;
  }

  /** Returns the id of the blob. */
  public String blobId() {
    return blobId;
  }

  /**
   * Returns whether the blob may be readable later: the store could not be reached, or does not
   * have it. False when the blob is there and is not what was sent.
   */
  public boolean retryable() {
    return retryable;
  }
}

package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;

/**
 * The body of a message or an event could not be stored as a blob, so nothing was sent. The cause
 * is what the store threw.
 */
public final class BlobUploadException extends CallException {

  private static final long serialVersionUID = 1L;

  private final String blobId;

  /** Creates an exception for a call that was not made. Not API: for the SDK itself. */
  @SuppressWarnings("exports") // FailedCall is internal on purpose
  public BlobUploadException(FailedCall call, String blobId, int size, Throwable cause) {
    super(
        call,
        "was not sent: its body of "
            + size
            + " bytes could not be stored as blob "
            + blobId
            + ": the store threw "
            + cause.getClass().getName(),
        cause);
    this.blobId = blobId;
  }

  /** Returns the id of the blob, which nothing refers to. */
  public String blobId() {
    return blobId;
  }
}

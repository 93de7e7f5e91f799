package io.w7s.sdk.app;

import io.w7s.sdk.Headers;

/**
 * An app's answer to an {@link AppRequest}, free of any server. The body is handed over, not
 * copied.
 *
 * @param status the HTTP status
 * @param headers the headers, {@code content-type} among them where there is a body
 * @param body the body; empty for none
 */
public record AppResponse(int status, Headers headers, byte[] body) {

  /** Returns the status and the length of the body; not the body, for it may be secret. */
  @Override
  public String toString() {
    return status + " with " + body.length + " bytes";
  }
}

package io.w7s.sdk.rpc;

import io.w7s.sdk.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A target's answer whose body is read as it comes, however large it is. Close it, read or not: it
 * holds a connection. Used by one thread at a time, but closed by any.
 *
 * <p>Each read may take as long as an attempt may; then it, like any other read after the
 * connection broke, fails with an {@link IOException}. The target has done its work by then.
 */
public final class RpcStream implements AutoCloseable {

  private final int status;
  private final Headers headers;
  private final InputStream body;

  /**
   * Takes an answer whose head is there.
   *
   * @param body the body, which is closed with this; empty for none
   */
  public RpcStream(int status, Headers headers, InputStream body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns whether the status is 2xx. */
  public boolean ok() {
    return status >= 200 && status < 300;
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /** Returns the body, the same stream every time. */
  public InputStream body() {
    return body;
  }

  /** Gives the connection back, or ends it where the body was not read to its end. */
  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the status; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "RpcStream[status=" + status + "]";
  }
}

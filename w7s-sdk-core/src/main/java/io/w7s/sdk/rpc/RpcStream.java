package io.w7s.sdk.rpc;

import io.w7s.sdk.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The response of a target whose body is read as it comes, however large it is. It holds a
 * connection, so close it whether it was read or not. One thread at a time may read it; any thread
 * may close it.
 *
 * <p>Each read may take as long as an attempt may. A read that takes longer, or after the
 * connection broke, fails with an {@link IOException}. The target has done its work by then.
 */
public final class RpcStream implements AutoCloseable {

  private final int status;
  private final Headers headers;
  private final InputStream body;

  /**
   * Creates a response whose head is there. For transports and tests.
   *
   * @param body the body, which is closed with the response; empty for none
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

  /** Returns the body; the same stream each time. */
  public InputStream body() {
    return body;
  }

  /** Gives the connection back, or closes it when the body was not read to its end. */
  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the status, but not the body, because it may be secret. */
  @Override
  public String toString() {
    return "RpcStream[status=" + status + "]";
  }
}

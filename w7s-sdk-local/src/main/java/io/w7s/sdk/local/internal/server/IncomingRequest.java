package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import java.io.IOException;

/** A request whose head was read, and whose body may still be on its way. Not thread-safe. */
public final class IncomingRequest {

  private final RequestHead head;
  private final RequestBody body;
  private final int localPort;

  IncomingRequest(RequestHead head, RequestBody body, int localPort) {
    this.head = head;
    this.body = body;
    this.localPort = localPort;
  }

  /** Returns the port that the request came to. */
  public int localPort() {
    return localPort;
  }

  /** Returns the method, in upper case. */
  public String method() {
    return head.method();
  }

  /**
   * Returns the host that the sender asks, with its port if it names one: that of the request
   * target, or else of the header; empty for none.
   */
  public String host() {
    return head.authority() == null ? headers().first("host").orElse("") : head.authority();
  }

  /** Returns the path as it came: percent-encoded, with its leading slash. */
  public String path() {
    return head.path();
  }

  /** Returns the query as it came, without its question mark; empty for none. */
  public String query() {
    return head.query();
  }

  /** Returns the headers. */
  public Headers headers() {
    return head.headers();
  }

  /**
   * Reads the body to its end.
   *
   * @param maxBytes the largest body that is read; a larger one is refused with 413, if possible
   *     before it is sent
   * @throws RequestRefused when the body is too large, too slow, malformed or incomplete, or when
   *     there is no memory for it
   */
  public byte[] readBody(int maxBytes) throws IOException {
    return body.read(maxBytes);
  }

  /** Reads the body, see {@link #readBody}, and returns the whole request. */
  public AppRequest read(int maxBytes) throws IOException {
    byte[] bytes = readBody(maxBytes);
    return new AppRequest(method(), path(), query(), headers(), bytes);
  }

  /**
   * Requires that the body is JSON by its content type. A web page cannot send that to another site
   * unless that site allows it.
   *
   * @throws RequestRefused with 415 when it is not
   */
  public void requireJson() throws RequestRefused {
    if (!head.isJson()) {
      throw new RequestRefused(415, "the content-type must be application/json");
    }
  }
}

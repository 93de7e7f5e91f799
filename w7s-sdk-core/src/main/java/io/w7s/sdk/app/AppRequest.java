package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.text.SafeText;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request to an app, independent of any server: what an {@link AppHandler} takes. The body
 * is handed over, not copied; apart from that immutable.
 */
public final class AppRequest {

  private final String method;
  private final String path;
  private final String query;
  private final Headers headers;
  private final byte[] body;

  /**
   * Creates a request.
   *
   * @param method the HTTP method, in upper case
   * @param path the path as it came: percent-encoded, from its leading slash, without the query
   * @param query the query as it came: percent-encoded, without its question mark; empty for none
   * @param headers the headers
   * @param body the body; empty for none
   */
  public AppRequest(String method, String path, String query, Headers headers, byte[] body) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
  }

  /** Returns the HTTP method, in upper case. */
  public String method() {
    return method;
  }

  /** Returns the path as it came: percent-encoded, from its leading slash, without the query. */
  public String path() {
    return path;
  }

  /** Returns the query as it came: percent-encoded, without its question mark; empty for none. */
  public String query() {
    return query;
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /** Returns the body, not a copy of it; empty for none. */
  public byte[] body() {
    return body;
  }

  /** Returns whether the other is a request whose properties are all equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AppRequest request
        && method.equals(request.method)
        && path.equals(request.path)
        && query.equals(request.query)
        && headers.equals(request.headers)
        && Arrays.equals(body, request.body);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, path, query, headers, Arrays.hashCode(body));
  }

  /** Returns the method and the path. The rest is left out: it may be secret. */
  @Override
  public String toString() {
    return SafeText.of(method, 20) + " " + SafeText.of(path);
  }
}

package io.w7s.sdk.app;

import io.w7s.sdk.Headers;

/**
 * An HTTP request to an app, free of any server: what {@link W7sApp#handle} takes. The body is
 * handed over, not copied.
 *
 * @param method the HTTP method, in upper case
 * @param path the path as it came, percent-encoded, from its leading slash, without the query
 * @param query the query as it came, percent-encoded, without its question mark; empty for none
 * @param headers the headers
 * @param body the body; empty for none
 */
public record AppRequest(String method, String path, String query, Headers headers, byte[] body) {

  /** Returns method and path; not the rest, for it may be secret. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}

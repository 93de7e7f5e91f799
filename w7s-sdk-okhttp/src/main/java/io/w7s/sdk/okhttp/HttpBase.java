package io.w7s.sdk.okhttp;

import java.net.URI;
import java.util.Objects;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** A URL that paths are added to. Immutable. */
public final class HttpBase {

  private final String url;
  private final String path;

  private HttpBase(String url, String path) {
    this.url = url;
    this.path = path;
  }

  /** Returns the base at a URL, http or https without a query; null where it cannot be called. */
  public static @Nullable HttpBase of(URI url) {
    HttpUrl parsed = HttpUrl.parse(url.toString());
    return parsed == null
        ? null
        : new HttpBase(withoutSlash(parsed.toString()), withoutSlash(parsed.encodedPath()));
  }

  /**
   * Returns the URL of a path, exactly as it is; null where OkHttp would change it on the way, as
   * it does with dot segments and backslashes.
   *
   * @param path percent-encoded, with its leading slash; empty for the base itself
   * @param query percent-encoded, without its question mark; empty for none
   */
  public @Nullable HttpUrl at(String path, String query) {
    HttpUrl at = HttpUrl.parse(url + path + (query.isEmpty() ? "" : "?" + query));
    boolean same =
        at != null
            && at.encodedPath().equals(this.path + path)
            && Objects.equals(at.encodedQuery(), query.isEmpty() ? null : query);
    return same ? at : null;
  }

  private static String withoutSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public String toString() {
    return url;
  }
}

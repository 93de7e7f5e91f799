package io.w7s.sdk.okhttp;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** A URL that paths are added to. Thread-safe. */
public final class HttpBase {

  /** Reading a URL is a tenth of what a call allocates, and most apps ask for the same few. */
  private static final int MOST_KNOWN = 256;

  private final String url;
  private final Map<String, HttpUrl> known = new ConcurrentHashMap<>();

  private HttpBase(String url) {
    this.url = url;
  }

  /** Returns the base at a URL, http or https without a query; null where it cannot be called. */
  public static @Nullable HttpBase of(URI url) {
    HttpUrl parsed = HttpUrl.parse(url.toString());
    if (parsed == null) {
      return null;
    }
    String text = parsed.toString();
    return new HttpBase(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  /**
   * Returns the URL of a path, exactly as it is; null where OkHttp would change it on the way, as
   * it does with dot segments and backslashes.
   *
   * @param path percent-encoded, from its leading slash
   * @param query percent-encoded, without its question mark; empty for none
   */
  public @Nullable HttpUrl at(String path, String query) {
    return query.isEmpty() ? at(path) : parsed(path, url + path + "?" + query);
  }

  private @Nullable HttpUrl at(String path) {
    HttpUrl former = known.get(path);
    if (former != null) {
      return former;
    }
    HttpUrl at = parsed(path, url + path);
    if (at != null && known.size() < MOST_KNOWN) {
      known.put(path, at);
    }
    return at;
  }

  private static @Nullable HttpUrl parsed(String path, String text) {
    if (path.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
      return null;
    }
    HttpUrl at = HttpUrl.parse(text);
    return at != null && at.toString().equals(text) ? at : null;
  }

  @Override
  public String toString() {
    return url;
  }
}

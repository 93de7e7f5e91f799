package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.config.LocalSetting;
import io.w7s.sdk.okhttp.HttpBase;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The URLs of the apps, from the configuration. Thread-safe. */
public final class LocalUrls {

  private final W7sConfig config;
  private final Map<AppId, HttpBase> bases = new ConcurrentHashMap<>();

  /** Reads URLs from a configuration. */
  public LocalUrls(W7sConfig config) {
    this.config = config;
  }

  /**
   * Returns the URL of an app's path, or null when an HTTP client would change the path.
   *
   * @param path percent-encoded, with its leading slash
   * @param query percent-encoded; empty for none
   * @throws ConfigurationException when the app has no URL, or one that cannot be called
   */
  @Nullable HttpUrl url(AppId app, String path, String query) {
    return bases.computeIfAbsent(app, this::base).at(path, query);
  }

  private HttpBase base(AppId app) {
    URI url =
        config
            .localUrl(app)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No local URL for %s: set %s to where it runs, such as http://127.0.0.1:8791/%s."
                            .formatted(app, LocalSetting.URL.names(app), app.repo())));
    HttpBase base = HttpBase.of(url);
    if (base == null) {
      throw new ConfigurationException(
          "The local URL of %s cannot be called: change %s."
              .formatted(app, LocalSetting.URL.names(app)));
    }
    return base;
  }
}

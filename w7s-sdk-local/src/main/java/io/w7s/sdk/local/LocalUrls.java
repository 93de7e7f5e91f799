package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;

/** Where the apps are, by configuration. Thread-safe. */
final class LocalUrls {

  private final W7sConfig config;
  private final Map<AppId, String> bases = new ConcurrentHashMap<>();

  LocalUrls(W7sConfig config) {
    this.config = config;
  }

  /**
   * Returns the URL of a path of an app.
   *
   * @param pathAndQuery percent-encoded, with its leading slash
   * @throws ConfigurationException when the app has no URL, or one that cannot be called
   */
  HttpUrl url(AppId app, String pathAndQuery) {
    HttpUrl url = HttpUrl.parse(bases.computeIfAbsent(app, this::base) + pathAndQuery);
    if (url == null) {
      throw new ConfigurationException(
          "The local URL of %s cannot be called: change %s."
              .formatted(app, W7sConfig.localUrlSetting(app)));
    }
    return url;
  }

  private String base(AppId app) {
    URI url =
        config
            .localUrl(app)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No local URL for %s: set %s to where it runs, such as http://127.0.0.1:8791/%s."
                            .formatted(app, W7sConfig.localUrlSetting(app), app.repo())));
    return url.toString();
  }

  /** Returns app and URL for a message, without the query, for it may hold secrets. */
  static String shown(AppId app, HttpUrl url) {
    return app + " at " + url.newBuilder().query(null).build();
  }
}

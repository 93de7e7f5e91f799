package io.w7s.sdk.internal;

import io.w7s.sdk.AppId;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where local apps are. An app is looked up by the names of its setting and not the other way
 * round, because a variable's name does not say where the owner ends and the repository begins.
 */
public final class LocalApps {

  private final List<Map<String, URI>> urlsByName;

  private LocalApps(List<Map<String, URI>> urlsByName) {
    this.urlsByName = urlsByName;
  }

  /** Puts explicit URLs, checked already, before those of the sources. */
  static LocalApps of(Map<AppId, URI> explicit, List<SettingSource> sources) {
    var urlsByName = new ArrayList<Map<String, URI>>();
    var first = new LinkedHashMap<String, URI>();
    explicit.forEach((app, url) -> first.put(Setting.localApp(app).property(), url));
    urlsByName.add(first);
    sources.forEach(source -> urlsByName.add(source.localUrls()));
    return new LocalApps(urlsByName);
  }

  /** Returns the URL of an app, without a slash at its end. */
  public Optional<URI> find(AppId app) {
    Setting setting = Setting.localApp(app);
    for (Map<String, URI> urls : urlsByName) {
      URI url = urls.getOrDefault(setting.property(), urls.get(setting.variable()));
      if (url != null) {
        return Optional.of(url);
      }
    }
    return Optional.empty();
  }

  /** Returns what is set, by property or variable. */
  @Override
  public String toString() {
    var effective = new LinkedHashMap<String, URI>();
    urlsByName.forEach(urls -> urls.forEach(effective::putIfAbsent));
    return effective.toString();
  }
}

package io.w7s.sdk.internal;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Settings by property: the system properties, or a file. */
final class PropertySource implements SettingSource {

  private final String origin;
  private final Map<String, Found> values = new TreeMap<>();

  private PropertySource(Properties properties, String origin) {
    this.origin = origin;
    for (String key : properties.stringPropertyNames()) {
      String value = properties.getProperty(key).strip();
      if (key.startsWith(Setting.PROPERTY_PREFIX) && !value.isEmpty()) {
        add(key, value);
      }
    }
  }

  static PropertySource ofSystem(Properties properties) {
    return new PropertySource(properties, "system property %s");
  }

  static PropertySource ofFile(String url, Properties properties) {
    return new PropertySource(properties, "property %s in " + url.replace("%", "%%"));
  }

  private void add(String key, String value) {
    Found found = new Found(value, origin.formatted(key));
    if (!key.startsWith(Setting.LOCAL_PROPERTY_PREFIX)) {
      values.put(key, found);
      return;
    }
    // The platform does not tell Acme/Worker from acme/worker, so neither do the keys.
    String id = key.substring(Setting.LOCAL_PROPERTY_PREFIX.length());
    AppId app = new Found(id, found.origin()).as(AppId::parse);
    Found other = values.putIfAbsent(Setting.localApp(app).property(), found);
    if (other != null && !other.value().equals(value)) {
      throw new ConfigurationException(
          "Two URLs for the local app %s: %s and %s. Remove one of them."
              .formatted(app, other.origin(), found.origin()));
    }
  }

  @Override
  public Optional<Found> find(Setting setting) {
    return Optional.ofNullable(values.get(setting.property()));
  }

  @Override
  public Map<String, URI> localUrls() {
    var urls = new LinkedHashMap<String, URI>();
    values.forEach(
        (key, found) -> {
          if (key.startsWith(Setting.LOCAL_PROPERTY_PREFIX)) {
            urls.put(key, found.as(BaseUrl::ofLocalApp));
          }
        });
    return urls;
  }
}

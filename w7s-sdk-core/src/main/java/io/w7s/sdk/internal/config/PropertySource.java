package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
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
    for (LocalSetting setting : LocalSetting.values()) {
      if (key.startsWith(setting.propertyPrefix())) {
        addLocal(setting, key.substring(setting.propertyPrefix().length()), found);
        return;
      }
    }
    values.put(key, found);
  }

  /** The platform does not tell Acme/Worker from acme/worker, so neither do the keys. */
  private void addLocal(LocalSetting setting, String id, Found found) {
    AppId app = new Found(id, found.origin()).as(AppId::parse);
    Found other = values.putIfAbsent(setting.of(app).property(), found);
    if (other != null && !other.value().equals(found.value())) {
      throw new ConfigurationException(
          "Two settings for the local app %s: %s and %s. Remove one of them."
              .formatted(app, other.origin(), found.origin()));
    }
  }

  @Override
  public Optional<Found> find(Setting setting) {
    return Optional.ofNullable(values.get(setting.property()));
  }

  @Override
  public Map<String, Found> local(LocalSetting setting) {
    var local = new LinkedHashMap<>(values);
    local.keySet().removeIf(key -> !key.startsWith(setting.propertyPrefix()));
    return local;
  }
}

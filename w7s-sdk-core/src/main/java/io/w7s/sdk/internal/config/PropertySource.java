package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.text.SafeText;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Settings by property: the system properties, or a file. */
final class PropertySource implements SettingSource {

  /** Builds commonly keep the SDK's version under this name, and hand it to their tests. */
  private static final String VERSION = "w7s.version";

  private static final Map<String, Setting> SETTINGS = settings();

  private final Map<Setting, Found> values = new HashMap<>();
  private final Map<String, Found> localValues = new TreeMap<>();

  private PropertySource() {}

  /**
   * Returns the settings among the system properties; those of others are left alone.
   *
   * @throws ConfigurationException when a {@code w7s.} key is unknown
   */
  static PropertySource ofSystem(Properties properties) {
    var source = new PropertySource();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(Setting.PROPERTY_PREFIX) && !key.equals(VERSION)) {
        source.add(key, properties.getProperty(key), "system property " + SafeText.of(key));
      }
    }
    return source;
  }

  /**
   * Returns the settings of a file, which holds nothing else.
   *
   * @param file its path or URL, for a reader
   * @throws ConfigurationException when a key is unknown, or only of use outside of files
   */
  static PropertySource ofFile(String file, Properties properties) {
    var source = new PropertySource();
    for (String key : properties.stringPropertyNames()) {
      source.add(key, properties.getProperty(key), "property " + SafeText.of(key) + " in " + file);
    }
    source.refuseConfig("a file cannot name another one. Set %s outside of files");
    return source;
  }

  /**
   * Returns the settings of a framework.
   *
   * @throws ConfigurationException when a key is unknown, or names a file to read
   */
  static PropertySource ofMap(Map<String, String> properties) {
    var source = new PropertySource();
    properties.forEach((key, value) -> source.add(key, value, "property " + SafeText.of(key)));
    source.refuseConfig("no file is read here. Remove %s");
    return source;
  }

  private void refuseConfig(String reason) {
    Found config = values.get(Setting.CONFIG);
    if (config != null) {
      throw new ConfigurationException(
          "The %s has no effect, because %s."
              .formatted(config.origin(), reason.formatted(Setting.CONFIG)));
    }
  }

  private void add(String key, String value, String origin) {
    Found found = new Found(value.strip(), origin);
    Setting setting = SETTINGS.get(key);
    if (setting == null) {
      addLocal(key, found);
    } else if (!found.value().isEmpty()) {
      values.put(setting, found);
    }
  }

  private void addLocal(String key, Found found) {
    for (LocalSetting setting : LocalSetting.values()) {
      if (key.startsWith(setting.propertyPrefix())) {
        if (!found.value().isEmpty()) {
          addLocal(setting, key.substring(setting.propertyPrefix().length()), found);
        }
        return;
      }
    }
    throw new ConfigurationException(
        "Unknown %s. The nearest known key is %s: use that, or remove the unknown one."
            .formatted(found.origin(), NearestName.ofProperty(key)));
  }

  /** The platform does not tell Acme/Worker from acme/worker, so neither do the keys. */
  private void addLocal(LocalSetting setting, String id, Found found) {
    AppId app = new Found(id, found.origin()).as(AppId::parse);
    Found other = localValues.putIfAbsent(setting.property(app), found);
    if (other != null && !other.value().equals(found.value())) {
      throw new ConfigurationException(
          "Two settings for the local app %s: %s and %s. Remove one of them."
              .formatted(app, other.origin(), found.origin()));
    }
  }

  @Override
  public Optional<Found> find(Setting setting) {
    return Optional.ofNullable(values.get(setting));
  }

  @Override
  public Map<String, Found> local(LocalSetting setting) {
    var local = new LinkedHashMap<>(localValues);
    local.keySet().removeIf(key -> !key.startsWith(setting.propertyPrefix()));
    return local;
  }

  private static Map<String, Setting> settings() {
    var settings = new HashMap<String, Setting>();
    for (Setting setting : Setting.values()) {
      settings.put(setting.property(), setting);
    }
    return settings;
  }
}

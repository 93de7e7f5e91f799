package io.w7s.sdk.internal.config;

import io.w7s.sdk.error.ConfigurationException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Finds and reads {@code w7s.properties} on the class path, in UTF-8. */
final class SettingsFile {

  static final String NAME = "w7s.properties";

  private SettingsFile() {}

  /**
   * Reads the file; empty when there is none.
   *
   * @throws ConfigurationException when there are two, or it cannot be read
   */
  static Optional<SettingSource> find(List<ClassLoader> loaders) {
    List<Map.Entry<String, URL>> files = List.copyOf(locations(loaders).entrySet());
    if (files.size() > 1) {
      throw new ConfigurationException(
          "More than one %s on the class path: %s. Keep one of them."
              .formatted(
                  NAME, String.join(" and ", files.stream().map(Map.Entry::getKey).toList())));
    }
    return files.stream().findFirst().map(file -> read(file.getKey(), file.getValue()));
  }

  // By text, because comparing two URL objects may ask the network who their hosts are.
  private static Map<String, URL> locations(List<ClassLoader> loaders) {
    var locations = new LinkedHashMap<String, URL>();
    for (ClassLoader loader : loaders) {
      try {
        Collections.list(loader.getResources(NAME))
            .forEach(url -> locations.put(url.toString(), url));
      } catch (IOException e) {
        throw new ConfigurationException("Cannot look for " + NAME + " on the class path", e);
      }
    }
    return locations;
  }

  private static SettingSource read(String name, URL url) {
    var properties = new Properties();
    try {
      URLConnection connection = url.openConnection();
      // A cached connection would keep the jar open after its class loader was closed.
      connection.setUseCaches(false);
      try (var in = new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)) {
        properties.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException("Cannot read " + name + ": " + e.getMessage(), e);
    }
    return PropertySource.ofFile(name, properties);
  }
}

package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.W7sConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The settings of the SDK in the environment of a Spring application. */
final class EnvironmentSettings {

  /** Those of the SDK that have one value. */
  static final List<String> SDK =
      List.of(
          "w7s.mode",
          "w7s.app",
          "w7s.environment",
          "w7s.url",
          "w7s.token.rpc",
          "w7s.token.queue",
          "w7s.token.workflow",
          "w7s.token.events",
          "w7s.bridge.url",
          "w7s.bridge.secret",
          "w7s.bridge.previous-secret",
          "w7s.bridge.previous-secret-until",
          "w7s.events.router",
          "w7s.local.store");

  /** Those of the SDK that have one value for each app. */
  static final List<String> FOR_EACH_APP = List.of("w7s.local.apps", "w7s.local.manifests");

  /** Those of {@link W7sProperties}. */
  static final List<String> STARTER =
      List.of(
          "w7s.manifest",
          "w7s.consumers.enabled",
          "w7s.consumers.path",
          "w7s.observations.enabled",
          "w7s.store.migrate");

  private static final String PREFIX = "w7s.";

  /** Builds commonly keep the SDK's version under this name. */
  private static final String VERSION = "w7s.version";

  private final ConfigurableEnvironment environment;

  EnvironmentSettings(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  /** Returns whether the platform is the one in memory: there is nothing to connect to then. */
  boolean areInMemory() {
    return W7sConfig.Mode.MEMORY.word().equals(environment.getProperty("w7s.mode"));
  }

  /** Returns the settings of the SDK, as {@code W7sConfig} takes them. */
  Map<String, String> properties() {
    var properties = new LinkedHashMap<String, String>();
    for (String name : SDK) {
      String value = environment.getProperty(name);
      if (value != null) {
        properties.put(name, value);
      }
    }
    if (areInMemory()) {
      return properties; // no other app is a process, and what holds its URL need not be there
    }
    for (EnumerablePropertySource<?> source : sources()) {
      for (String name : source.getPropertyNames()) {
        String canonical = ofApp(name);
        String value = canonical == null ? null : environment.getProperty(name);
        if (canonical != null && value != null) {
          properties.putIfAbsent(canonical, value);
        }
      }
    }
    return properties;
  }

  /**
   * Returns the variables of the process, under the names that the platform gives them, without
   * those that Spring has made properties of.
   */
  Map<String, String> variables() {
    var variables = new HashMap<String, String>();
    environment.getSystemEnvironment().forEach((name, value) -> variables.put(name, "" + value));
    for (String name : all()) {
      String variable = name.toUpperCase(Locale.ROOT).replace('.', '_');
      variables.remove(variable.replace('-', '_'));
      variables.remove(variable.replace("-", ""));
    }
    return variables;
  }

  /**
   * Refuses a property that nothing reads: most likely it is a typing error.
   *
   * @throws UnknownPropertyException when there is one
   */
  void refuseUnknown() {
    Set<ConfigurationPropertyName> known = new HashSet<>();
    all().forEach(name -> known.add(ConfigurationPropertyName.of(name)));
    known.add(ConfigurationPropertyName.of(VERSION));
    for (EnumerablePropertySource<?> source : sources()) {
      for (String name : source.getPropertyNames()) {
        if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
            && !known.contains(ConfigurationPropertyName.adapt(name, '.'))
            && ofApp(name) == null) {
          throw new UnknownPropertyException(
              name, OriginLookup.getOrigin(source, name), nearest(name));
        }
      }
    }
  }

  /** Variables may be those of the platform, which may add its own. */
  private List<EnumerablePropertySource<?>> sources() {
    return environment.getPropertySources().stream()
        .filter(source -> !(source instanceof SystemEnvironmentPropertySource))
        .<EnumerablePropertySource<?>>mapMulti(
            (source, enumerable) -> {
              if (source instanceof EnumerablePropertySource<?> found) {
                enumerable.accept(found);
              }
            })
        .toList();
  }

  private static List<String> all() {
    return Stream.concat(SDK.stream(), STARTER.stream()).toList();
  }

  /**
   * Returns the property of an app as the SDK writes it; null for another property. YAML has the
   * app in brackets or not.
   */
  private static @Nullable String ofApp(String name) {
    for (String prefix : FOR_EACH_APP) {
      if (name.startsWith(prefix + ".")) {
        return name;
      }
      if (name.startsWith(prefix + "[") && name.endsWith("]")) {
        return prefix + "." + name.substring(prefix.length() + 1, name.length() - 1);
      }
    }
    return null;
  }

  private static String nearest(String unknown) {
    String name = unknown.toLowerCase(Locale.ROOT);
    String nearest = "";
    int least = Integer.MAX_VALUE;
    for (String known : Stream.concat(all().stream(), FOR_EACH_APP.stream()).toList()) {
      int distance = distance(name, known);
      if (distance < least) {
        least = distance;
        nearest = known;
      }
    }
    return nearest;
  }

  /** Returns how many characters have to be added, removed or changed (Levenshtein). */
  private static int distance(String one, String other) {
    int[] before = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[other.length() + 1];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1] + 1, before[j] + 1), before[j - 1] + change);
      }
      before = row;
    }
    return before[other.length()];
  }
}

package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of a setting for the local apps. An app is looked up by the names of its setting and
 * not the other way round, because the name of a variable may not say where the owner ends and the
 * repository begins.
 *
 * @param <T> the type of the values
 */
public final class AppSettings<T> {

  private final LocalSetting setting;
  private final List<Map<String, T>> byName;

  private AppSettings(LocalSetting setting, List<Map<String, T>> byName) {
    this.setting = setting;
    this.byName = byName;
  }

  /** Returns the values of the sources, behind those that were set and checked in code. */
  static <T> AppSettings<T> of(
      LocalSetting setting,
      Map<AppId, T> explicit,
      List<SettingSource> sources,
      Function<String, T> reader) {
    var byName = new ArrayList<Map<String, T>>();
    var first = new LinkedHashMap<String, T>();
    explicit.forEach((app, value) -> first.put(setting.property(app), value));
    byName.add(first);
    for (SettingSource source : sources) {
      var values = new LinkedHashMap<String, T>();
      source.local(setting).forEach((name, found) -> values.put(name, found.as(reader)));
      byName.add(values);
    }
    return new AppSettings<>(setting, byName);
  }

  /** Returns the value for an app; empty when it is not set. */
  public Optional<T> find(AppId app) {
    for (Map<String, T> values : byName) {
      @Nullable T own = values.get(setting.property(app));
      @Nullable T value = own == null ? values.get(setting.variable(app)) : own;
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** Returns the apps that are named without doubt: in code, by a property, or by a variable. */
  public Set<AppId> apps() {
    var apps = new HashSet<AppId>();
    String prefix = setting.propertyPrefix();
    for (String name : names()) {
      if (name.startsWith(prefix)) {
        apps.add(AppId.parse(name.substring(prefix.length())));
      } else {
        setting.appOf(name).ifPresent(apps::add);
      }
    }
    return apps;
  }

  /**
   * Returns all values, by app.
   *
   * @param apps the apps that are known
   * @throws ConfigurationException when a variable belongs to none of them
   */
  public Map<AppId, T> all(Collection<AppId> apps) {
    var all = new LinkedHashMap<AppId, T>();
    var unclaimed = new TreeSet<>(names());
    for (AppId app : apps) {
      find(app).ifPresent(value -> all.put(app, value));
      unclaimed.remove(setting.property(app));
      unclaimed.remove(setting.variable(app));
    }
    if (!unclaimed.isEmpty()) {
      throw new ConfigurationException(
          """
          The variable %s does not say where the owner of the app ends and its repository begins. \
          Use the variable %s, with an entry <owner>/<repo>=<value> for each app, or the property \
          %s<owner>/<repo>.\
          """
              .formatted(unclaimed.first(), setting.listVariable(), setting.propertyPrefix()));
    }
    return all;
  }

  private Map<String, T> effective() {
    var effective = new LinkedHashMap<String, T>();
    byName.forEach(values -> values.forEach(effective::putIfAbsent));
    return effective;
  }

  /** Returns the properties and variables that are set. */
  public Set<String> names() {
    return effective().keySet();
  }

  /** Returns the values by property or variable. */
  @Override
  public String toString() {
    return effective().toString();
  }
}

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
 * What a setting says of each local app. An app is looked up by the names of its setting and not
 * the other way round, because a variable's name does not say where the owner ends and the
 * repository begins.
 *
 * @param <T> what is said
 */
public final class AppSettings<T> {

  private final LocalSetting setting;
  private final List<Map<String, T>> byName;

  private AppSettings(LocalSetting setting, List<Map<String, T>> byName) {
    this.setting = setting;
    this.byName = byName;
  }

  /** Puts what is explicit, and checked already, before what a reader makes of the sources. */
  static <T> AppSettings<T> of(
      LocalSetting setting,
      Map<AppId, T> explicit,
      List<SettingSource> sources,
      Function<String, T> reader) {
    var byName = new ArrayList<Map<String, T>>();
    var first = new LinkedHashMap<String, T>();
    explicit.forEach((app, value) -> first.put(setting.of(app).property(), value));
    byName.add(first);
    for (SettingSource source : sources) {
      var values = new LinkedHashMap<String, T>();
      source.local(setting).forEach((name, found) -> values.put(name, found.as(reader)));
      byName.add(values);
    }
    return new AppSettings<>(setting, byName);
  }

  /** Returns what is said of an app. */
  public Optional<T> find(AppId app) {
    Setting names = setting.of(app);
    for (Map<String, T> values : byName) {
      @Nullable T own = values.get(names.property());
      @Nullable T value = own == null ? values.get(names.variable()) : own;
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** Returns the apps that are named for certain: in code or by a property. */
  public Set<AppId> apps() {
    var apps = new HashSet<AppId>();
    String prefix = setting.propertyPrefix();
    for (String name : effective().keySet()) {
      if (name.startsWith(prefix)) {
        apps.add(AppId.parse(name.substring(prefix.length())));
      }
    }
    return apps;
  }

  /**
   * Returns all that is said, by app.
   *
   * @param apps those that are known
   * @throws ConfigurationException when a variable belongs to none of them
   */
  public Map<AppId, T> all(Collection<AppId> apps) {
    var all = new LinkedHashMap<AppId, T>();
    var unclaimed = new TreeSet<>(effective().keySet());
    for (AppId app : apps) {
      find(app).ifPresent(value -> all.put(app, value));
      unclaimed.remove(setting.of(app).property());
      unclaimed.remove(setting.of(app).variable());
    }
    if (!unclaimed.isEmpty()) {
      throw new ConfigurationException(
          "The variable %s does not say which app it is for: set the property %s<owner>/<repo>."
              .formatted(unclaimed.first(), setting.propertyPrefix()));
    }
    return all;
  }

  private Map<String, T> effective() {
    var effective = new LinkedHashMap<String, T>();
    byName.forEach(values -> values.forEach(effective::putIfAbsent));
    return effective;
  }

  /** Returns the properties and variables that say something. */
  public Set<String> names() {
    return effective().keySet();
  }

  /** Returns what is set, by property or variable. */
  @Override
  public String toString() {
    return effective().toString();
  }
}

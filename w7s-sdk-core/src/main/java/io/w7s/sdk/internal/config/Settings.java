package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.text.ClassLoaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The settings around a program, in layers; the first layer that has a setting decides. */
public final class Settings {

  private final List<SettingSource> sources;

  private Settings(List<SettingSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /** Returns no settings at all. */
  public static Settings none() {
    return new Settings(List.of());
  }

  /** Returns those of this process: system properties, variables, {@code w7s.properties}. */
  public static Settings ofProcess() {
    return of(System.getProperties(), System.getenv(), ClassLoaders.contextThenOwn());
  }

  /** Returns those of the places given, the file being looked for by the loaders. */
  public static Settings of(
      Properties system, Map<String, String> variables, List<ClassLoader> loaders) {
    var sources = new ArrayList<SettingSource>();
    sources.add(PropertySource.ofSystem(system));
    sources.add(new VariableSource(variables));
    SettingsFile.find(loaders).ifPresent(sources::add);
    return new Settings(sources);
  }

  /**
   * Reads a setting.
   *
   * @throws io.w7s.sdk.error.ConfigurationException that names its origin, when the reader refuses
   *     the value
   */
  public <T> Optional<Sourced<T>> read(Setting setting, Function<String, T> reader) {
    return sources.stream()
        .flatMap(source -> source.find(setting).stream())
        .findFirst()
        .map(found -> new Sourced<>(found.as(reader), found.origin()));
  }

  /**
   * Returns what is explicit, else what the reader makes of a setting; null when there is neither.
   */
  public <T> @Nullable T orElse(@Nullable T explicit, Setting setting, Function<String, T> reader) {
    return explicit != null ? explicit : read(setting, reader).map(Sourced::value).orElse(null);
  }

  /**
   * Returns what a setting says of each local app.
   *
   * @param explicit what comes first, checked already
   * @throws io.w7s.sdk.error.ConfigurationException that names its origin, when the reader refuses
   *     a value
   */
  public <T> AppSettings<T> local(
      LocalSetting setting, Map<AppId, T> explicit, Function<String, T> reader) {
    return AppSettings.of(setting, explicit, sources, reader);
  }

  /**
   * What a setting says.
   *
   * @param origin where it was found, for a reader, such as {@code variable W7S_MODE}
   */
  public record Sourced<T>(T value, String origin) {}
}

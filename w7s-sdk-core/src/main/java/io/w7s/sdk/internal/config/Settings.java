package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.text.ClassLoaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings around a program, in layers; the first layer that has a setting decides. */
public final class Settings {

  private final List<SettingSource> sources;

  private Settings(List<? extends SettingSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /** Returns no settings at all. */
  public static Settings none() {
    return new Settings(List.of());
  }

  /**
   * Returns the settings of this process: system properties, environment variables, then files.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when a name is unknown or a file cannot be read
   */
  public static Settings ofProcess() {
    return of(System.getProperties(), System.getenv(), Path.of(""), ClassLoaders.contextThenOwn());
  }

  /**
   * Returns the settings of the given places.
   *
   * @param folder the working directory
   * @param loaders where to look for {@code w7s.properties} on the class path
   * @throws io.w7s.sdk.error.ConfigurationException when a name is unknown or a file cannot be read
   */
  public static Settings of(
      Properties system, Map<String, String> variables, Path folder, List<ClassLoader> loaders) {
    var direct =
        new Settings(List.of(PropertySource.ofSystem(system), new VariableSource(variables)));
    List<PropertySource> files =
        direct
            .read(Setting.CONFIG, file -> List.of(SettingsFile.named(folder, file)))
            .map(Sourced::value)
            .orElseGet(() -> SettingsFile.find(folder, loaders));
    return new Settings(Stream.concat(direct.sources.stream(), files.stream()).toList());
  }

  /**
   * Returns the settings of two maps, of which the first comes first.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when a name is unknown
   */
  public static Settings of(Map<String, String> properties, Map<String, String> variables) {
    return new Settings(List.of(PropertySource.ofMap(properties), new VariableSource(variables)));
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
   * Returns the explicit value, else what the reader makes of a setting; null when there is
   * neither.
   */
  public <T> @Nullable T orElse(@Nullable T explicit, Setting setting, Function<String, T> reader) {
    return explicit != null ? explicit : read(setting, reader).map(Sourced::value).orElse(null);
  }

  /**
   * Returns what a setting says of each local app.
   *
   * @param explicit the values that were set and checked in code; they come first
   * @throws io.w7s.sdk.error.ConfigurationException that names its origin, when the reader refuses
   *     a value
   */
  public <T> AppSettings<T> local(
      LocalSetting setting, Map<AppId, T> explicit, Function<String, T> reader) {
    return AppSettings.of(setting, explicit, sources, reader);
  }

  /**
   * The value of a setting.
   *
   * @param origin where it was found, for a reader, such as {@code variable W7S_MODE}
   */
  public record Sourced<T>(T value, String origin) {}
}

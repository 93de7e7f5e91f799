package io.w7s.sdk.internal.config;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A place that holds settings, as it was when it was read. A blank value counts as not set. */
sealed interface SettingSource permits PropertySource, VariableSource {

  /** Returns the value of a setting. */
  Optional<Found> find(Setting setting);

  /**
   * Returns the values that a setting has for local apps. The key is the property of the app where
   * the source names the app itself, else the variable.
   */
  Map<String, Found> local(LocalSetting setting);

  /**
   * A value and where it was found.
   *
   * @param value not blank, without white space around it
   * @param origin for a reader, such as {@code variable W7S_MODE}
   */
  record Found(String value, String origin) {

    /**
     * Interprets the value.
     *
     * @throws ConfigurationException that names the origin, when the reader refuses the value
     */
    <T> T as(Function<String, T> reader) {
      try {
        return reader.apply(value);
      } catch (InvalidInputException | ConfigurationException e) {
        throw new ConfigurationException("Bad " + origin + ": " + e.getMessage(), e);
      }
    }

    /** Hides the value, which may be a token. */
    @Override
    public String toString() {
      return origin;
    }
  }
}

package io.w7s.sdk.manifest;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something the platform puts into a backend's environment: storage, a database, a model.
 *
 * <p>The settings that the platform knows, all text: for {@code kv} {@code name}; for {@code r2}
 * {@code bucket}; for {@code d1} {@code name}, {@code migrations}, {@code jurisdiction} ({@code eu}
 * or {@code fedramp}) and {@code primaryLocationHint}; for {@code durableObjects} {@code
 * className}, required; for {@code hyperdrive} {@code id}, required; for {@code ai} none. Other
 * settings are kept and have no effect.
 *
 * @param kind the key under {@code bindings}: {@code kv}, {@code r2}, {@code d1}, {@code
 *     durableObjects}, {@code hyperdrive} or {@code ai}
 * @param name the name in the backend's environment: letters, digits, {@code _} and {@code $}
 * @param settings all other keys of the entry as plain JSON values, known ones normalised;
 *     unmodifiable
 */
public record Binding(String kind, String name, Map<String, @Nullable Object> settings) {

  /** The kinds that the platform knows, in its order. */
  static final List<String> KINDS = List.of("kv", "r2", "d1", "durableObjects", "hyperdrive", "ai");

  private static final List<String> JURISDICTIONS = List.of("eu", "fedramp");

  /**
   * Checks and normalises all three.
   *
   * @throws InvalidInputException when the kind is unknown, or the name or a known setting breaks
   *     its rule
   */
  public Binding {
    if (!KINDS.contains(kind)) {
      throw new InvalidInputException(
          "binding kind", Names.quoted(kind), "one of " + String.join(", ", KINDS));
    }
    name = Names.javaScript("binding name", name);
    settings = normalised("binding ", kind, settings);
  }

  /**
   * Returns a binding without settings.
   *
   * @throws InvalidInputException when the kind is unknown or needs settings, or the name breaks
   *     its rule
   */
  public static Binding of(String kind, String name) {
    return new Binding(kind, name, Map.of());
  }

  /** The settings of a kind that the platform knows. */
  static List<String> knownSettings(String kind) {
    return switch (kind) {
      case "kv" -> List.of("name");
      case "r2" -> List.of("bucket");
      case "d1" -> List.of("name", "migrations", "jurisdiction", "primaryLocationHint");
      case "durableObjects" -> List.of("className");
      case "hyperdrive" -> List.of("id");
      default -> List.of();
    };
  }

  /** Whether the platform refuses two bindings of this kind with one name. */
  static boolean uniqueNames(String kind) {
    return kind.equals("durableObjects") || kind.equals("hyperdrive") || kind.equals("ai");
  }

  /** The other spelling of a setting, which the platform accepts when the first is missing. */
  private static @Nullable String otherSpelling(String kind, String setting) {
    return switch (kind + "." + setting) {
      case "r2.bucket" -> "name";
      case "d1.primaryLocationHint" -> "primary_location_hint";
      case "durableObjects.className" -> "class_name";
      default -> null;
    };
  }

  /** Known settings first and normalised, then all others as they are. */
  static Map<String, @Nullable Object> normalised(
      String field, String kind, Map<String, @Nullable Object> settings) {
    var others = new LinkedHashMap<>(settings);
    others.remove("binding"); // that is the name
    var known = new LinkedHashMap<String, @Nullable Object>();
    for (String setting : knownSettings(kind)) {
      String key = spelling(kind, setting, others);
      boolean required = setting.equals("className") || setting.equals("id");
      if (others.containsKey(key)) {
        String text = setting(field + key, setting, others.remove(key));
        if (!text.isEmpty()) {
          known.put(setting, text);
        }
      }
      if (required && !known.containsKey(setting)) {
        throw new InvalidInputException(field + key, "nothing", "text");
      }
    }
    known.putAll(others);
    return Collections.unmodifiableMap(known);
  }

  /** Returns the key of a setting in the entry; null under the first spelling counts as missing. */
  private static String spelling(
      String kind, String setting, Map<String, @Nullable Object> settings) {
    String other = otherSpelling(kind, setting);
    if (other == null || settings.get(setting) != null) {
      return setting;
    }
    settings.remove(setting);
    return settings.containsKey(other) ? other : setting;
  }

  private static String setting(String field, String setting, @Nullable Object value) {
    if (!(value instanceof String text)) {
      throw new InvalidInputException(field, JsonKind.of(value), "text");
    }
    if (setting.equals("jurisdiction")) {
      if (!JURISDICTIONS.contains(text)) {
        throw new InvalidInputException(
            field, Names.quoted(text), "one of " + String.join(", ", JURISDICTIONS));
      }
      return text;
    }
    String trimmed = Names.trimmed(text);
    return setting.equals("className") ? Names.javaScript(field, trimmed) : trimmed;
  }
}

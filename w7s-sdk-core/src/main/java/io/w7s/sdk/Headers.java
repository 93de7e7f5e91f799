package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP headers: names in lower case, each with one or more values, in the order in which they were
 * given. Names are looked up in any case. Immutable. {@link #toString()} shows names only, because
 * values may be secret.
 */
public final class Headers implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_SHOWN = 60;
  private static final Headers NONE = new Headers(new LinkedHashMap<>());

  @SuppressWarnings("serial") // a LinkedHashMap of unmodifiable lists
  private final Map<String, List<String>> values;

  private Headers(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Returns empty headers. */
  public static Headers none() {
    return NONE;
  }

  /** Returns one header. */
  public static Headers of(String name, String value) {
    return NONE.with(name, value);
  }

  /** Returns a builder for headers that come one by one. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the headers of a map from names to their values.
   *
   * @throws InvalidInputException when a name is not a header name, or a value holds a control
   *     character
   */
  public static Headers copyOf(Map<String, ? extends List<String>> headers) {
    var copy = new Builder();
    headers.forEach((name, values) -> values.forEach(value -> copy.add(name, value)));
    return copy.build();
  }

  /**
   * Returns these headers with one set to a single value, which replaces former ones.
   *
   * @throws InvalidInputException when the name is not a header name, or the value holds a control
   *     character
   */
  public Headers with(String name, String value) {
    var copy = new LinkedHashMap<>(values);
    copy.put(checkedName(name), List.of(checkedValue(name, value)));
    return new Headers(copy);
  }

  /**
   * Returns these headers with another value of a name; former values stay.
   *
   * @throws InvalidInputException when the name is not a header name, or the value holds a control
   *     character
   */
  public Headers plus(String name, String value) {
    String checked = checkedName(name);
    var copy = new LinkedHashMap<>(values);
    var all = new ArrayList<>(all(checked));
    all.add(checkedValue(checked, value));
    copy.put(checked, List.copyOf(all));
    return new Headers(copy);
  }

  /** Returns these headers and others. The others replace those of the same name. */
  public Headers with(Headers others) {
    if (others.values.isEmpty()) {
      return this;
    }
    if (values.isEmpty()) {
      return others;
    }
    var copy = new LinkedHashMap<>(values);
    copy.putAll(others.values);
    return new Headers(copy);
  }

  /** Returns the first value of a header; empty when it is not there. */
  public Optional<String> first(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
  }

  /** Returns all values of a header in the order they were given; empty when it is not there. */
  public List<String> all(String name) {
    return values.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** Returns whether a header is there. */
  public boolean has(String name) {
    return values.containsKey(name.toLowerCase(Locale.ROOT));
  }

  /** Passes each name, in lower case, with each of its values to a consumer. */
  public void forEach(BiConsumer<String, String> consumer) {
    for (Map.Entry<String, List<String>> header : values.entrySet()) {
      for (String value : header.getValue()) {
        consumer.accept(header.getKey(), value);
      }
    }
  }

  private static String checkedName(String name) {
    boolean token = !requireNonNull(name, "name").isEmpty();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      token &= c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
    if (!token) {
      throw new InvalidInputException("header name", Names.quoted(name), "an HTTP token");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static String checkedValue(String name, String value) {
    int length = requireNonNull(value, "value").length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 127) {
        throw new InvalidInputException(
            "header " + (name.length() > LONGEST_SHOWN ? Names.quoted(name) : name),
            "text with a control character",
            "printable text on one line");
      }
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Headers headers && values.equals(headers.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Returns the names only, because values may be secret. */
  @Override
  public String toString() {
    return values.keySet().toString();
  }

  /** Builds headers that come one by one. Not thread-safe. */
  public static final class Builder {

    private @Nullable Map<String, List<String>> values;

    private Builder() {}

    private static List<String> joined(List<String> former, String further) {
      List<String> all = former instanceof ArrayList ? former : new ArrayList<>(former);
      all.add(further);
      return all;
    }

    /**
     * Adds a value; former values of the same name stay.
     *
     * @throws InvalidInputException when the name is not a header name, or the value holds a
     *     control character
     */
    public Builder add(String name, String value) {
      if (values == null) {
        values = new LinkedHashMap<>();
      }
      String key = checkedName(name);
      checkedValue(name, value);
      List<String> former = values.get(key);
      // most headers have one value, and those with many get them one by one
      values.put(key, former == null ? List.of(value) : joined(former, value));
      return this;
    }

    /** Returns the headers. The builder is empty afterwards and can be used again. */
    public Headers build() {
      if (values == null) {
        return NONE;
      }
      for (Map.Entry<String, List<String>> header : values.entrySet()) {
        if (header.getValue() instanceof ArrayList) {
          header.setValue(List.copyOf(header.getValue()));
        }
      }
      var built = new Headers(values);
      values = null;
      return built;
    }
  }
}

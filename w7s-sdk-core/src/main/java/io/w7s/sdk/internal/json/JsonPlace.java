package io.w7s.sdk.internal.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says where in some JSON: a path as far as it is known, and line and column. Used by one thread.
 */
public final class JsonPlace {

  private final StringBuilder path = new StringBuilder("$");

  /** A place at the root. */
  public JsonPlace() {}

  /**
   * Steps into a field.
   *
   * @param owner the object, or its class, that has the field; the keys of a map are content, not
   *     schema, and shown as {@code *}
   */
  public JsonPlace field(@Nullable Object owner, String name) {
    boolean isMap =
        owner instanceof Map || (owner instanceof Class<?> c && Map.class.isAssignableFrom(c));
    path.append('.').append(isMap ? "*" : name);
    return this;
  }

  /** Steps into an element. */
  public JsonPlace element(int index) {
    path.append('[').append(index).append(']');
    return this;
  }

  /** Returns line and column, both from 1; null when they are not known. */
  public static @Nullable String lineAndColumn(int line, int column) {
    return line < 1 ? null : "line " + line + ", column " + Math.max(column, 1);
  }

  /**
   * Returns the place.
   *
   * @param lineAndColumn as {@link #lineAndColumn} has it
   * @return path and line and column, or one of them; null when there is neither
   */
  public @Nullable String with(@Nullable String lineAndColumn) {
    if (path.length() == 1) {
      return lineAndColumn;
    }
    return lineAndColumn == null ? path.toString() : path + " (" + lineAndColumn + ")";
  }

  /** Returns the path, {@code $} for the root. */
  @Override
  public String toString() {
    return path.toString();
  }
}

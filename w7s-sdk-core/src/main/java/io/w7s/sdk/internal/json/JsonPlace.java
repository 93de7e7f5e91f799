package io.w7s.sdk.internal.json;

import io.w7s.sdk.internal.text.SafeText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says where in some JSON: a path as far as it is known, and line and column. Used by one thread.
 */
public final class JsonPlace {

  private static final int LONGEST = 300;

  private final StringBuilder path = new StringBuilder("$");

  /** A place at the root. */
  public JsonPlace() {}

  /**
   * Steps into a field.
   *
   * @param owner the object, or its class, that has the field. The keys of a map are content, so
   *     they are shown as {@code *}
   */
  public JsonPlace field(@Nullable Object owner, String name) {
    boolean isMap =
        owner instanceof Map || (owner instanceof Class<?> c && Map.class.isAssignableFrom(c));
    path.append('.').append(isMap ? "*" : name);
    return this;
  }

  /** Steps into a field whose name is content. */
  public JsonPlace anyField() {
    path.append(".*");
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
   * @param lineAndColumn as {@link #lineAndColumn} returns it
   * @return the path with line and column, or one of them; null when there is neither
   */
  public @Nullable String with(@Nullable String lineAndColumn) {
    if (path.length() == 1) {
      return lineAndColumn;
    }
    return lineAndColumn == null ? toString() : this + " (" + lineAndColumn + ")";
  }

  /** Returns the path, or its beginning where it is long; {@code $} for the root. */
  @Override
  public String toString() {
    return SafeText.of(path.toString(), LONGEST);
  }
}

package io.w7s.sdk.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * Why JSON could not be read, in words that name Java types and never the JSON: the same for every
 * codec.
 */
public final class JsonErrors {

  /** Nothing there, or nothing but white space. */
  public static final String EMPTY = "no JSON at all";

  /** The text is cut off. */
  public static final String TOO_SHORT = "the JSON ends too early";

  /** A syntax error, or bytes that are not UTF-8. */
  public static final String NOT_JSON = "not JSON in UTF-8";

  /** Something after the first value. */
  public static final String TRAILING = "more text after the JSON value";

  /** Nesting, names or numbers beyond what the parser takes. */
  public static final String TOO_LARGE = "JSON too deep, or a name, text or number too long";

  private JsonErrors() {}

  /** A number outside the range of its Java type. */
  public static String number(@Nullable Class<?> target) {
    return "a number out of the range of " + name(target);
  }

  /** A subtype name that is missing or not listed. */
  public static String subtype(@Nullable Class<?> base) {
    return "the name of the subtype of " + name(base) + " is missing or not one of those listed";
  }

  /** A constructor, or a method in its stead, that threw. */
  public static String refused(@Nullable Class<?> target, @Nullable Throwable cause) {
    return name(target)
        + " refused the value"
        + (cause == null ? "" : " with " + cause.getClass().getSimpleName());
  }

  /** A value of another kind than the Java type takes. */
  public static String value(@Nullable Class<?> target) {
    return "a value that does not fit " + name(target);
  }

  private static String name(@Nullable Class<?> type) {
    return type == null ? "the type" : type.getSimpleName();
  }
}

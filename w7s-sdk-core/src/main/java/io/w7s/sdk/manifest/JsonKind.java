package io.w7s.sdk.manifest;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names the kind of a JSON value for an error message, never the value. */
final class JsonKind {

  private JsonKind() {}

  static String of(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    if (value instanceof String) {
      return "text";
    }
    return value instanceof Boolean ? "a boolean" : "a number";
  }
}

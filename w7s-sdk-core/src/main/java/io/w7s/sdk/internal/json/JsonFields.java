package io.w7s.sdk.internal.json;

import java.nio.charset.StandardCharsets;

/**
 * The names of the fields that a {@link JsonReader} looks for in an object, in the order in which
 * they are usually written. Another order is read, too; it only takes longer. Immutable.
 */
public final class JsonFields {

  private final String[] names;
  private final byte[][] quoted;

  private JsonFields(String[] names) {
    this.names = names;
    quoted = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      quoted[i] = ('"' + names[i] + '"').getBytes(StandardCharsets.US_ASCII);
    }
  }

  /**
   * Returns the fields of an object.
   *
   * @param names in their usual order; printable ASCII without quotes and backslashes
   */
  public static JsonFields of(String... names) {
    return new JsonFields(names.clone());
  }

  String name(int index) {
    return names[index];
  }

  /** Returns how many bytes a name takes with its quotes. */
  int length(int index) {
    return quoted[index].length;
  }

  /**
   * Returns which name starts at a position, quotes included; -1 when none does.
   *
   * @param expected the index that is tried first, or the number of names
   */
  int find(byte[] bytes, int at, int end, int expected) {
    if (expected < quoted.length && startsAt(expected, bytes, at, end)) {
      return expected;
    }
    for (int i = 0; i < quoted.length; i++) {
      if (startsAt(i, bytes, at, end)) {
        return i;
      }
    }
    return -1;
  }

  private boolean startsAt(int index, byte[] bytes, int at, int end) {
    byte[] name = quoted[index];
    if (name.length > end - at) {
      return false;
    }
    for (int i = 1; i < name.length; i++) {
      if (bytes[at + i] != name[i]) {
        return false;
      }
    }
    return bytes[at] == '"';
  }
}

package io.w7s.sdk.internal.json;

import java.nio.charset.StandardCharsets;

/**
 * The names of the fields that a {@link JsonReader} looks for in an object, in the order in which
 * they are usually written. Another order is read, too; it only takes longer. Immutable.
 */
public final class JsonFields {

  private final String[] names;

  /** The names in quotes. */
  private final byte[][] quoted;

  /** The first eight bytes of each quoted name, and which of their bits belong to it. */
  private final long[] heads;

  private final long[] masks;

  private JsonFields(String[] names) {
    this.names = names;
    quoted = new byte[names.length][];
    heads = new long[names.length];
    masks = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      quoted[i] = ('"' + names[i] + '"').getBytes(StandardCharsets.US_ASCII);
      byte[] head = new byte[Long.BYTES];
      int length = Math.min(quoted[i].length, head.length);
      System.arraycopy(quoted[i], 0, head, 0, length);
      heads[i] = JsonReader.word(head, 0);
      masks[i] = -1L >>> ((Long.BYTES - length) * Byte.SIZE);
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
   * @param expected the index that is tried first; may be that behind the last
   */
  int find(byte[] bytes, int at, int end, int expected) {
    long word = end - at < Long.BYTES ? lastWord(bytes, at, end) : JsonReader.word(bytes, at);
    if (expected < heads.length && startsAt(expected, word, bytes, at, end)) {
      return expected;
    }
    for (int i = 0; i < heads.length; i++) {
      if (startsAt(i, word, bytes, at, end)) {
        return i;
      }
    }
    return -1;
  }

  private boolean startsAt(int index, long word, byte[] bytes, int at, int end) {
    return (word & masks[index]) == heads[index] && restStartsAt(index, bytes, at, end);
  }

  /** Compares what is not in the head of a name. */
  private boolean restStartsAt(int index, byte[] bytes, int at, int end) {
    byte[] name = quoted[index];
    if (name.length > end - at) {
      return false;
    }
    for (int i = Long.BYTES; i < name.length; i++) {
      if (bytes[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static long lastWord(byte[] bytes, int at, int end) {
    byte[] rest = new byte[Long.BYTES];
    System.arraycopy(bytes, at, rest, 0, end - at);
    return JsonReader.word(rest, 0);
  }
}

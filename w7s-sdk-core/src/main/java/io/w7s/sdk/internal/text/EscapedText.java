package io.w7s.sdk.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The UTF-8 bytes of a text, as it is or with its escapes resolved, and where in the text each byte
 * comes from. Percent, JSON and HTML escapes are resolved alike, since nothing says which of them a
 * text has.
 */
final class EscapedText {

  private static final Map<String, Character> ENTITIES =
      Map.of("amp", '&', "lt", '<', "gt", '>', "quot", '"', "apos", '\'');
  private static final int LONGEST_ENTITY = 10;

  private final String units;
  private final int[] starts;
  private final int[] ends;

  private EscapedText(String units, int[] starts, int[] ends) {
    this.units = units;
    this.starts = starts;
    this.ends = ends;
  }

  static EscapedText of(String text) {
    var builder = new Builder(text.length());
    for (int i = 0, end; i < text.length(); i = end) {
      int codePoint = text.codePointAt(i);
      end = i + Character.charCount(codePoint);
      builder.add(codePoint, i, end);
    }
    return builder.build();
  }

  /** Returns the bytes, each as one character. */
  String units() {
    return units;
  }

  /** Returns the same text with other bytes at the same places. */
  EscapedText withUnits(String others) {
    return new EscapedText(others, starts, ends);
  }

  boolean hasEscapes() {
    return units.indexOf('%') >= 0 || units.indexOf('\\') >= 0 || units.indexOf('&') >= 0;
  }

  /** Returns the text with each escape as what it stands for. What only looks like one stays. */
  EscapedText unescaped() {
    var builder = new Builder(units.length());
    for (int i = 0; i < units.length(); ) {
      i =
          switch (units.charAt(i)) {
            case '%' -> percent(i, builder);
            case '\\' -> backslash(i, builder);
            case '&' -> entity(i, builder);
            default -> same(i, builder);
          };
    }
    return builder.build();
  }

  private int same(int i, Builder builder) {
    builder.addUnit(units.charAt(i), starts[i], ends[i]);
    return i + 1;
  }

  private int percent(int i, Builder builder) {
    int value = hex(i + 1, i + 3);
    if (value < 0) {
      return same(i, builder);
    }
    builder.addUnit((char) value, starts[i], ends[i + 2]);
    return i + 3;
  }

  private int backslash(int i, Builder builder) {
    if (i + 1 == units.length()) {
      return same(i, builder);
    }
    char escaped = units.charAt(i + 1);
    if (escaped != 'u') {
      char meant =
          switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escaped;
          };
      builder.addUnit(meant, starts[i], ends[i + 1]);
      return i + 2;
    }
    int value = hex(i + 2, i + 6);
    if (value < 0) {
      return same(i, builder);
    }
    boolean pair =
        Character.isHighSurrogate((char) value)
            && units.startsWith("\\u", i + 6)
            && Character.isLowSurrogate((char) Math.max(hex(i + 8, i + 12), 0));
    int end = pair ? i + 12 : i + 6;
    int codePoint = pair ? Character.toCodePoint((char) value, (char) hex(i + 8, i + 12)) : value;
    builder.add(codePoint, starts[i], ends[end - 1]);
    return end;
  }

  private int entity(int i, Builder builder) {
    int semicolon = units.indexOf(';', i);
    if (semicolon < 0 || semicolon - i > LONGEST_ENTITY) {
      return same(i, builder);
    }
    int codePoint = codePoint(units.substring(i + 1, semicolon));
    if (!Character.isValidCodePoint(codePoint)) {
      return same(i, builder);
    }
    builder.add(codePoint, starts[i], ends[semicolon]);
    return semicolon + 1;
  }

  private static int codePoint(String entity) {
    try {
      if (entity.startsWith("#x") || entity.startsWith("#X")) {
        return Integer.parseInt(entity.substring(2), 16);
      }
      if (entity.startsWith("#")) {
        return Integer.parseInt(entity.substring(1));
      }
    } catch (NumberFormatException notANumber) {
      return -1;
    }
    Character named = ENTITIES.get(entity);
    return named == null ? -1 : named;
  }

  /** Returns the number that some digits stand for; negative when they are none. */
  private int hex(int from, int to) {
    if (to > units.length()) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(units.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /**
   * Marks the characters of the text from which the bytes of each occurrence come.
   *
   * @param part what to look for
   * @param wholeRun whether to mark the Base64 text around it as well
   * @param marks one for each character of the text
   * @return whether there is an occurrence
   */
  boolean mark(String part, boolean wholeRun, boolean[] marks) {
    int at = units.indexOf(part);
    boolean found = at >= 0;
    while (at >= 0) {
      int from = at;
      int to = at + part.length();
      while (wholeRun && from > 0 && isBase64(units.charAt(from - 1))) {
        from--;
      }
      while (wholeRun && to < units.length() && isBase64(units.charAt(to))) {
        to++;
      }
      for (int i = from; i < to; i++) {
        Arrays.fill(marks, starts[i], ends[i], true);
      }
      at = units.indexOf(part, to);
    }
    return found;
  }

  private static boolean isBase64(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '=';
  }

  private static final class Builder {

    private final StringBuilder units;
    private int[] starts;
    private int[] ends;

    Builder(int length) {
      units = new StringBuilder(length);
      starts = new int[length];
      ends = new int[length];
    }

    void add(int codePoint, int start, int end) {
      if (codePoint < 0x80) {
        addUnit((char) codePoint, start, end);
        return;
      }
      for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
        addUnit((char) (b & 0xff), start, end);
      }
    }

    void addUnit(char unit, int start, int end) {
      int size = units.length();
      if (size == starts.length) {
        starts = Arrays.copyOf(starts, Math.max(16, 2 * size));
        ends = Arrays.copyOf(ends, Math.max(16, 2 * size));
      }
      starts[size] = start;
      ends[size] = end;
      units.append(unit);
    }

    EscapedText build() {
      return new EscapedText(units.toString(), starts, ends);
    }
  }
}

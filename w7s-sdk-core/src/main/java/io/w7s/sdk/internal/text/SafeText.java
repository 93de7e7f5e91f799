package io.w7s.sdk.internal.text;

/**
 * Makes text from outside fit for one line of a log, of an exception's message or of a {@code
 * toString}: no character of it can end the line or change how the rest is displayed, and a long
 * text is cut.
 */
public final class SafeText {

  /** Enough to tell an id or a path from others. */
  private static final int DEFAULT_LENGTH = 200;

  private SafeText() {}

  /** Returns a text without control characters, of at most about 200 characters. */
  public static String of(String text) {
    return of(text, DEFAULT_LENGTH);
  }

  /**
   * Returns a text without control characters. Line breaks, other control characters, invisible
   * formatting characters and unpaired surrogates are escaped as in Java source. A text that was
   * cut ends with its original length.
   *
   * @param maxLength where the result is cut, in characters; the note of the length comes on top
   */
  public static String of(String text, int maxLength) {
    int plain = 0;
    int end = Math.min(text.length(), maxLength);
    while (plain < end && isPlain(text.charAt(plain))) {
      plain++;
    }
    return plain == text.length() ? text : escaped(text, plain, maxLength);
  }

  private static String escaped(String text, int plain, int maxLength) {
    var out = new StringBuilder(Math.min(text.length(), maxLength) + 32).append(text, 0, plain);
    int at = plain;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      int before = out.length();
      append(out, c);
      if (out.length() > maxLength) {
        out.setLength(before);
        return out.append("… (").append(text.length()).append(" characters)").toString();
      }
      at += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c <= '~';
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else {
          for (char unit : Character.toChars(c)) {
            out.append(String.format("\\u%04x", (int) unit));
          }
        }
      }
    }
  }

  /** Returns whether a character is shown as itself and changes nothing beside it. */
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}

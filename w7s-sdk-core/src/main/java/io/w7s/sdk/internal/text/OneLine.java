package io.w7s.sdk.internal.text;

/** Foreign text as part of a line of ours. */
public final class OneLine {

  private OneLine() {}

  /**
   * Returns the beginning of a text with a space for each character that could break or reorder the
   * line it is shown on.
   *
   * @param longest the most characters; where the text is longer, an ellipsis follows
   */
  public static String of(String text, int longest) {
    int end = Math.min(text.length(), longest);
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    var line = new StringBuilder(end + 1);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      line.append(isHarmful(c) ? ' ' : c);
    }
    return end < text.length() ? line.append('…').toString() : line.toString();
  }

  private static boolean isHarmful(char c) {
    return Character.isISOControl(c)
        || c == '\u2028' // line and paragraph separators
        || c == '\u2029'
        || (c >= '\u202a' && c <= '\u202e') // changes of direction
        || (c >= '\u2066' && c <= '\u2069');
  }
}

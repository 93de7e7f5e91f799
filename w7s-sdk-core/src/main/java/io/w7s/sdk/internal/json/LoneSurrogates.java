package io.w7s.sdk.internal.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds escapes of half a surrogate pair in JSON. JavaScript reads and writes them; Jackson does
 * not read them in the name of a field.
 */
final class LoneSurrogates {

  private static final int ESCAPE = 6; // backslash, u, four digits

  private LoneSurrogates() {}

  /**
   * Returns a copy of the array that holds some JSON, with each escape of half a surrogate pair
   * replaced by one of U+FFFD, which has the same length; null when there is nothing to replace.
   */
  static byte @Nullable [] replaced(JsonSlice json) {
    byte[] array = json.array();
    int end = json.offset() + json.length();
    byte[] copy = null;
    for (int i = json.offset(); i < end - 1; i++) {
      if (array[i] != '\\') {
        continue;
      }
      int unit = codeUnit(array, i, end);
      if (unit < 0) {
        i++; // another escape, such as that of a backslash
      } else if (Character.isHighSurrogate((char) unit)
          && Character.isLowSurrogate((char) Math.max(codeUnit(array, i + ESCAPE, end), 0))) {
        i += 2 * ESCAPE - 1;
      } else {
        if (Character.isSurrogate((char) unit)) {
          copy = copy == null ? Arrays.copyOf(array, array.length) : copy;
          Arrays.fill(copy, i + 2, i + 5, (byte) 'f');
          copy[i + 5] = 'd';
        }
        i += ESCAPE - 1;
      }
    }
    return copy;
  }

  /** Returns the UTF-16 code unit that is escaped at an index; -1 when none is. */
  private static int codeUnit(byte[] array, int start, int end) {
    if (start + ESCAPE > end || array[start] != '\\' || array[start + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = start + 2; i < start + ESCAPE; i++) {
      int digit = Character.digit(array[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }
}

package io.w7s.sdk.internal.json;

import java.util.Arrays;

/**
 * Looks for some bytes, mostly in vain, in bodies of which each is looked through: so it skips as
 * far as what it sees allows (Horspool's way). Immutable.
 */
public final class ByteSearch {

  private final byte[] sought;
  private final int[] skip = new int[256];

  /**
   * Prepares.
   *
   * @param sought at least one byte
   */
  public ByteSearch(byte[] sought) {
    this.sought = sought.clone();
    Arrays.fill(skip, sought.length);
    for (int i = 0; i < sought.length - 1; i++) {
      skip[sought[i] & 0xff] = sought.length - 1 - i;
    }
  }

  boolean isIn(byte[] array, int offset, int length) {
    int last = sought.length - 1;
    for (int i = offset + last; i < offset + length; i += skip[array[i] & 0xff]) {
      if (array[i] == sought[last]
          && Arrays.equals(array, i - last, i + 1, sought, 0, sought.length)) {
        return true;
      }
    }
    return false;
  }
}

package io.w7s.sdk.consumption;

import java.nio.charset.StandardCharsets;

/** Cuts reasons to the length that stores keep. */
final class Reasons {

  private static final String CUT = "…";

  private Reasons() {}

  /** Returns a text of at most 1 KiB in UTF-8, which ends with an ellipsis where it was cut. */
  static String cut(String reason) {
    if (reason.getBytes(StandardCharsets.UTF_8).length <= ParkedMessage.MAX_REASON_BYTES) {
      return reason;
    }
    int bytes = ParkedMessage.MAX_REASON_BYTES - CUT.getBytes(StandardCharsets.UTF_8).length;
    int end = 0;
    while (end < reason.length()) {
      int c = reason.codePointAt(end);
      bytes -= c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes < 0) {
        break;
      }
      end += Character.charCount(c);
    }
    return reason.substring(0, end) + CUT;
  }
}

package io.w7s.sdk.internal.text;

/** Text that is the same bytes in every encoding of the wire, and the usual case there. */
public final class Ascii {

  private Ascii() {}

  /** Returns whether all of a text is ASCII. */
  public static boolean isAll(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }
}

package io.w7s.sdk.internal.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Values of HTTP headers, which servers show and take as Latin-1, one character for each byte, and
 * which most senders write in UTF-8.
 */
public final class HeaderText {

  private HeaderText() {}

  /** Returns the text of a value's bytes: in UTF-8 or, where they are not, in Latin-1. */
  public static String ofLatin1(String latin1) {
    if (Ascii.isAll(latin1)) {
      return latin1;
    }
    try {
      var bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notUtf8) {
      return latin1;
    }
  }

  /** Returns the bytes of a text in UTF-8, one character for each. */
  public static String toLatin1(String text) {
    return Ascii.isAll(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}

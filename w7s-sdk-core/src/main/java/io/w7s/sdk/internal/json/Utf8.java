package io.w7s.sdk.internal.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Checks that JSON is in UTF-8. JSON libraries do not: Jackson reads overlong forms and code points
 * that do not exist, and guesses UTF-16 and UTF-32.
 */
public final class Utf8 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long NON_ASCII = 0x8080808080808080L;

  private Utf8() {}

  /**
   * Returns whether bytes are JSON in UTF-8 as far as their encoding goes: valid UTF-8, and not
   * UTF-16 or UTF-32, of which every text that is JSON has a zero among its first two bytes.
   */
  public static boolean mayBeJson(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + Math.min(length, 2); i++) {
      if (bytes[i] == 0) {
        return false;
      }
    }
    return isValid(bytes, offset, length);
  }

  private static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i <= end - Long.BYTES && ((long) LONGS.get(bytes, i) & NON_ASCII) == 0) {
      i += Long.BYTES;
    }
    while (i < end && bytes[i] >= 0) {
      i++;
    }
    if (i == end) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, end - i));
      return true;
    } catch (CharacterCodingException invalid) {
      return false;
    }
  }
}

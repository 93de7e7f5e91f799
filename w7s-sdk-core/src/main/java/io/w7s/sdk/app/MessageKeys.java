package io.w7s.sdk.app;

import io.w7s.sdk.consumption.ProcessedMessages;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What may be a key in the stores, and what stands for a text that may not. */
final class MessageKeys {

  private MessageKeys() {}

  /**
   * Returns whether every store can keep a text as a key, and tell it from any other. UTF-8 cannot
   * hold half of a surrogate pair: databases get a question mark for each.
   */
  static boolean isKey(String text) {
    return !text.isEmpty()
        && text.length() <= ProcessedMessages.MAX_KEY_LENGTH
        && text.codePoints().noneMatch(MessageKeys::isNoKeyCharacter);
  }

  private static boolean isNoKeyCharacter(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
  }

  /** Returns a text itself if it may be a key, and its hash if not. */
  static String of(String text) {
    if (isKey(text)) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
    bytes.asCharBuffer().put(text); // not as UTF-8, where all halves of surrogate pairs are alike
    return hash(bytes.array());
  }

  /** Returns the key of a message that has no id. */
  static String hash(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}

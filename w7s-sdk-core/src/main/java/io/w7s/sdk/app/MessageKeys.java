package io.w7s.sdk.app;

import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.wire.QueueDelivery;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/** What identifies messages within their queue, in a form that every store takes. */
final class MessageKeys {

  private static final String UNKNOWN = "unknown";

  private MessageKeys() {}

  /** Returns the id, or a hash where there is none or stores may not take it. */
  static String of(QueueDelivery.Message message) {
    if (message.id().equals(UNKNOWN)) {
      return hash(message.body().toBytes());
    }
    return isKey(message.id()) ? message.id() : hash(message.id());
  }

  /** Returns the key of an event, whose id is unique for its publisher. */
  static String ofEvent(String source, String id) {
    String key = source + "/" + id;
    return isKey(key) ? key : hash(key);
  }

  /** Returns the key of a minute of a schedule. */
  static String ofTick(String cron, Instant time) {
    String key = time.getEpochSecond() + " " + cron;
    return isKey(key) ? key : hash(key);
  }

  /**
   * Returns whether stores take a text as a key: as long as they allow, and {@linkplain
   * Names#isStorable given back as it was}.
   */
  static boolean isKey(String text) {
    return !text.isEmpty()
        && text.length() <= ProcessedMessages.MAX_KEY_LENGTH
        && Names.isStorable(text);
  }

  /**
   * Returns the key of a message that is handled again after it was set aside. It is a hash, so
   * that no other message has it and it is not longer than a key may be.
   *
   * @param token the one with which it came back, so that no later run has the same key
   */
  static String ofRun(String key, String token) {
    return hash(token + "\n" + key);
  }

  /** Hashes the UTF-16 units: an encoder would turn unpaired surrogates into question marks. */
  private static String hash(String text) {
    ByteBuffer units = ByteBuffer.allocate(text.length() * Character.BYTES);
    units.asCharBuffer().put(text);
    return hash(units.array());
  }

  private static String hash(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}

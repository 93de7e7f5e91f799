package io.w7s.sdk.workflow;

import io.w7s.sdk.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Makes safe workflow instance ids from any text. The platform changes ids: it drops some
 * characters and cuts ids to 40, so two ids can become one. {@link StartOptions#instanceId} refuses
 * ids that the platform would change.
 */
public final class InstanceIds {

  private static final int LONGEST_SLUG = 26;
  private static final int HASH_LENGTH = 13;

  private InstanceIds() {}

  /**
   * Returns the instance id for a text: a readable part and a hash of the whole text, for example
   * {@code order-42-eu-1f9qv3k2m0a7c} for {@code Order 42/EU}. The same text always has the same
   * id, and different texts have different ids: the hash has 64 bits. An id has at most 40
   * characters of {@code a-z}, {@code 0-9} and single hyphens.
   *
   * @param text any text with a character that is not white space, such as the key of an order
   * @throws InvalidInputException when the text is blank
   */
  public static String of(String text) {
    if (text.isBlank()) {
      throw new InvalidInputException("text of an instance id", "blank text", "not blank");
    }
    String slug = slug(text);
    return slug.isEmpty() ? hash(text) : slug + "-" + hash(text);
  }

  private static String slug(String text) {
    var slug = new StringBuilder(LONGEST_SLUG);
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char lower = c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
      if ((lower < 'a' || lower > 'z') && (lower < '0' || lower > '9')) {
        gap = !slug.isEmpty();
        continue;
      }
      if (slug.length() + (gap ? 2 : 1) > LONGEST_SLUG) {
        break;
      }
      slug.append(gap ? "-" : "").append(lower);
      gap = false;
    }
    return slug.toString();
  }

  private static String hash(String text) {
    var bytes = ByteBuffer.allocate(2 * text.length());
    bytes.asCharBuffer().put(text); // not as UTF-8, where all lone surrogates are alike
    try {
      long bits =
          ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array())).getLong();
      String digits = Long.toUnsignedString(bits, Character.MAX_RADIX);
      return "0".repeat(HASH_LENGTH - digits.length()) + digits;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

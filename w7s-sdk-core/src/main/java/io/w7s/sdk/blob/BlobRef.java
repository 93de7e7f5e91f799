package io.w7s.sdk.blob;

import io.w7s.sdk.error.InvalidInputException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What a message says of a blob: where it is, and which bytes are expected there. Every reference
 * is valid, wherever it came from, so a store may use the id as a file name or a key.
 *
 * @param id a UUID in lower case, 36 characters of {@code a} to {@code f}, digits and {@code -}
 * @param size how many bytes it has, at least 1
 * @param sha256 the SHA-256 of the bytes, 64 hexadecimal digits in lower case
 */
public record BlobRef(String id, int size, String sha256) {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks the parts.
   *
   * @throws InvalidInputException when one of them is not valid
   */
  public BlobRef {
    if (!ID.matcher(id).matches()) {
      throw new InvalidInputException(
          "blob id", id.length() + " characters that are none", "a UUID in lower case");
    }
    if (size < 1) {
      throw new InvalidInputException("size of blob " + id, String.valueOf(size), "1 or more");
    }
    if (!SHA_256.matcher(sha256).matches()) {
      throw new InvalidInputException(
          "SHA-256 of blob " + id,
          sha256.length() + " characters that are none",
          "64 hexadecimal digits in lower case");
    }
  }

  /**
   * Returns the reference of bytes.
   *
   * @throws InvalidInputException when the id is not valid, or there are no bytes
   */
  public static BlobRef of(String id, byte[] bytes) {
    return new BlobRef(id, bytes.length, sha256(bytes));
  }

  /** Returns whether these are the bytes that the reference was made of. */
  public boolean matches(byte[] bytes) {
    return bytes.length == size && sha256.equals(sha256(bytes));
  }

  /** Returns the SHA-256 of bytes, as {@link #sha256()} has it. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}

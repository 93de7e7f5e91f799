package io.w7s.sdk.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON could not be written from, or read into, a Java type. The message names the type and, for
 * reading, where in the JSON it went wrong; it never repeats the JSON.
 */
public final class CodecException extends W7sException {

  private static final long serialVersionUID = 1L;

  private final String type;
  private final @Nullable String position;

  /**
   * Names the type and the place.
   *
   * @param type the Java type, as source code would write it
   * @param position where in the JSON, for example {@code line 1, column 12} or {@code
   *     $.items[3].price}; null when unknown or when writing
   * @param reason what went wrong, without any part of the value
   * @param cause the JSON library's own exception; null when the rule is the SDK's
   */
  public CodecException(
      String type, @Nullable String position, String reason, @Nullable Throwable cause) {
    super(
        position == null ? type + ": " + reason : type + " at " + position + ": " + reason, cause);
    this.type = type;
    this.position = position;
  }

  /** Returns the Java type that could not be written or read. */
  public String type() {
    return type;
  }

  /** Returns where in the JSON it went wrong; empty when unknown or when writing. */
  public Optional<String> position() {
    return Optional.ofNullable(position);
  }
}

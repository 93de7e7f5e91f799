package io.w7s.sdk.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value could not be written as JSON, or JSON could not be read as a Java type. The message names
 * the type, the place and the reason, and never repeats the JSON. When the JSON is in a blob that
 * could not be read, it is a {@link BlobReadException}.
 */
public sealed class CodecException extends W7sException permits BlobReadException {

  private static final long serialVersionUID = 1L;

  private final String type;
  private final @Nullable String position;

  /**
   * Creates an exception.
   *
   * @param type the Java type, as written in source code
   * @param position the place in the JSON, for example {@code line 1, column 12} or {@code
   *     $.items[3].price}; null when unknown or when writing
   * @param reason what went wrong, without any part of the value
   * @param cause what was thrown; null when the rule is the SDK's. The codecs of the SDK give a
   *     stand-in that has the class names and the stack traces of what was thrown, but not its
   *     messages, which may repeat the JSON
   */
  public CodecException(
      String type, @Nullable String position, String reason, @Nullable Throwable cause) {
    super((position == null ? type : type + " at " + position) + ": " + reason, cause);
    this.type = type;
    this.position = position;
  }

  /** Returns the Java type that could not be written or read. */
  public String type() {
    return type;
  }

  /** Returns the place in the JSON; empty when unknown or when writing. */
  public Optional<String> position() {
    return Optional.ofNullable(position);
  }
}

package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.text.SafeText;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says why JSON could not be read or written, in words that name Java types and never repeat the
 * JSON: the same words for every codec.
 */
public final class JsonErrors {

  /** Nothing there, or nothing but white space. */
  public static final String EMPTY = "no JSON at all";

  /** The text is cut off. */
  public static final String TOO_SHORT = "the JSON ends too early";

  /** A syntax error, or bytes that are not UTF-8. */
  public static final String NOT_JSON = "not JSON in UTF-8";

  /** Something after the first value. */
  public static final String TRAILING = "more text after the JSON value";

  /** Nesting, names or numbers beyond what the parser takes. */
  public static final String TOO_LARGE = "JSON too deep, or a name, text or number too long";

  /** A floating-point number that JSON has no form for. */
  public static final String NOT_FINITE = "a NaN or infinite number, which JSON does not have";

  private static final int LONGEST_REASON = 700;

  private JsonErrors() {}

  /**
   * Returns the exception for JSON that could not be read. Its cause stands for what was thrown,
   * without the message, which may repeat the JSON.
   *
   * @param type the Java type
   * @param position where in the JSON; null when unknown
   * @param reason why
   * @param thrown what the JSON library or the code of a type threw. A {@link VirtualMachineError}
   *     in it that says nothing about the JSON is thrown again
   */
  public static CodecException notRead(
      String type, @Nullable String position, String reason, Throwable thrown) {
    throwAgainIfFatal(thrown);
    return new CodecException(
        type, position, SafeText.of(reason, LONGEST_REASON), WithoutMessage.of(thrown));
  }

  /**
   * Returns the exception for a value that could not be written; as {@link #notRead} otherwise.
   *
   * @param place where in the value
   * @param message the library's message; null when the code of a type threw
   */
  public static CodecException notWritten(
      String type, JsonPlace place, @Nullable String message, Throwable thrown) {
    Throwable innermost = thrown.getCause() == null ? thrown : thrown.getCause();
    String why = library(message).orElse(innermost.getClass().getSimpleName());
    return notRead(
        type, null, "could not be written, at " + place + " of the value: " + why, thrown);
  }

  /** A stack overflow is the fault of one value; the others leave the whole JVM in doubt. */
  private static void throwAgainIfFatal(@Nullable Throwable thrown) {
    Throwable inner = thrown;
    for (int depth = 0; inner != null && depth < 100; depth++) {
      if (inner instanceof VirtualMachineError fatal && !(inner instanceof StackOverflowError)) {
        throw fatal;
      }
      inner = inner.getCause();
    }
  }

  /** A number outside the range of its Java type. */
  public static String number(@Nullable Class<?> target) {
    return "a number out of the range of " + name(target);
  }

  /** A subtype name that is missing or not listed. */
  public static String subtype(@Nullable Class<?> base) {
    return "the name of the subtype of " + name(base) + " is missing or not one of those listed";
  }

  /** A field that the type does not have, where the mapper refuses those. */
  public static String unknownField(@Nullable Class<?> target, @Nullable Collection<?> known) {
    return "a field that "
        + name(target)
        + " does not have and the mapper does not ignore"
        + (known == null ? "" : "; known fields: " + known);
  }

  /**
   * A value that does not fit its type.
   *
   * @param target the Java type; null when unknown
   * @param thrown what code of the type, such as a constructor, threw; null when it threw nothing
   */
  public static String reading(@Nullable Class<?> target, @Nullable Throwable thrown) {
    return thrown == null
        ? "a value that does not fit " + name(target)
        : name(target) + " refused the value with " + thrown.getClass().getSimpleName();
  }

  /**
   * Returns the library's own reason as far as it is known to hold no JSON.
   *
   * @param message the library's message
   */
  public static Optional<String> library(@Nullable String message) {
    return message == null ? Optional.empty() : LibraryMessage.shown(message);
  }

  private static String name(@Nullable Class<?> type) {
    return type == null ? "the type" : type.getSimpleName();
  }
}

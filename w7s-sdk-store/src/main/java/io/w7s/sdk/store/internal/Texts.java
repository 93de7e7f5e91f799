package io.w7s.sdk.store.internal;

import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.InvalidInputException;
import java.util.regex.Pattern;

/**
 * Refuses texts that not every database gives back as they were. PostgreSQL does not take NUL, and
 * the drivers of PostgreSQL and SQLite turn each unpaired surrogate into a question mark, so that
 * two keys become one.
 */
public final class Texts {

  private static final int SHOWN = 80;
  private static final Pattern TRACE_PARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private Texts() {}

  /** Returns a message key that every database takes. */
  public static String key(String key) {
    if (key.isEmpty() || key.length() > ProcessedMessages.MAX_KEY_LENGTH) {
      throw new InvalidInputException(
          "message key",
          key.length() + " characters",
          "from 1 to " + ProcessedMessages.MAX_KEY_LENGTH);
    }
    return storable("message key", key);
  }

  /** Returns a text that every database gives back as it was. */
  public static String storable(String field, String text) {
    text.codePoints()
        .filter(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))
        .findFirst()
        .ifPresent(
            c -> {
              throw new InvalidInputException(
                  field,
                  String.format("a text with \\u%04x", c),
                  "text without NUL and unpaired surrogates");
            });
    return text;
  }

  /**
   * Returns a name that every database takes and finds again: of limited length, without control
   * characters and unpaired surrogates.
   */
  public static String name(String field, String text, int maxLength) {
    if (text.isEmpty() || text.length() > maxLength) {
      throw new InvalidInputException(
          field, text.length() + " characters", "from 1 to " + maxLength);
    }
    text.codePoints()
        .filter(Texts::isControlOrSurrogate)
        .findFirst()
        .ifPresent(
            c -> {
              throw new InvalidInputException(
                  field,
                  String.format("a text with \\u%04x", c),
                  "text without control characters and unpaired surrogates");
            });
    return text;
  }

  /** Returns whether a text is such a name. */
  public static boolean isName(String text, int maxLength) {
    return !text.isEmpty()
        && text.length() <= maxLength
        && text.codePoints().noneMatch(Texts::isControlOrSurrogate);
  }

  private static boolean isControlOrSurrogate(int c) {
    return Character.isISOControl(c)
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** Returns a W3C trace parent. */
  public static String traceParent(String text) {
    if (!TRACE_PARENT.matcher(text).matches()) {
      throw new InvalidInputException(
          "traceparent", shown(text), "such as 00-<32 hex digits>-<16 hex digits>-01");
    }
    return text;
  }

  /** Returns the beginning of a text, without what could disturb a log. */
  public static String shown(String text) {
    String start = text.substring(0, Math.min(text.length(), SHOWN));
    return start.replaceAll("[^\\x20-\\x7e]", "?") + (start.length() < text.length() ? "..." : "");
  }
}

package io.w7s.sdk.store.internal;

import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.InvalidInputException;

/**
 * Refuses texts that not every database gives back as they were. PostgreSQL does not take NUL, and
 * the drivers of PostgreSQL and SQLite turn each unpaired surrogate into a question mark, so that
 * two keys become one.
 */
public final class Texts {

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
}

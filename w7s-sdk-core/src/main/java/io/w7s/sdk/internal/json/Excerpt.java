package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.OneLine;
import java.util.Map;

/** What of a foreign text goes into a message of ours: one line, and not much of it. */
public final class Excerpt {

  private static final int LONGEST = 500;

  private Excerpt() {}

  /** Returns the beginning of a text, with control characters as spaces. */
  public static String of(String text) {
    return of(text, LONGEST);
  }

  /** Returns the beginning of a text, of at most so many characters. */
  public static String of(String text, int longest) {
    return OneLine.of(text, longest);
  }

  /** Returns {@code ": "} and the error text of a JSON body; empty when it has none. */
  public static String ofError(byte[] body) {
    try {
      return JsonValues.parse(body) instanceof Map<?, ?> json
              && json.get("error") instanceof String error
              && !error.isBlank()
          ? ": " + of(error)
          : "";
    } catch (InvalidInputException notJson) {
      return "";
    }
  }
}

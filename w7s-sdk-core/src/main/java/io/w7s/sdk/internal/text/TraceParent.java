package io.w7s.sdk.internal.text;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C trace context's {@code traceparent}, which goes along from hop to hop unchanged. */
public final class TraceParent {

  /** The name of the header, of the field in a message and of the CloudEvents extension. */
  public static final String NAME = "traceparent";

  /** Versions to come may add to the end. */
  private static final Pattern SYNTAX =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{1,200})?");

  private TraceParent() {}

  /** Returns that of a request; null when it has none. */
  public static @Nullable String of(Headers headers) {
    return orNull(headers.first(NAME).orElse(null));
  }

  /**
   * Returns the text.
   *
   * @throws InvalidInputException when it is not a {@code traceparent}
   */
  public static String checked(String text) {
    if (orNull(text) == null) {
      throw new InvalidInputException(
          "traceparent",
          Names.quoted(text),
          "a W3C trace parent such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    }
    return text;
  }

  /** Returns the text when it is one; null when it is not, for a broken one is to be ignored. */
  public static @Nullable String orNull(@Nullable String text) {
    return text != null && SYNTAX.matcher(text).matches() ? text : null;
  }
}

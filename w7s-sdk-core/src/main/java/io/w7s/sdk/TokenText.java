package io.w7s.sdk;

import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.Settings;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads tokens, checks that a header can carry them, and keeps them out of texts. */
final class TokenText {

  private TokenText() {}

  /** Returns the tokens that are set in code, properties, variables and files. */
  static Map<Token, String> all(Map<Token, String> explicit, Settings settings) {
    var tokens = new EnumMap<Token, String>(Token.class);
    for (Token kind : Token.values()) {
      String token =
          settings.orElse(explicit.get(kind), kind.setting(), text -> checked(kind, text));
      if (token != null) {
        tokens.put(kind, token);
      }
    }
    return Collections.unmodifiableMap(tokens);
  }

  /**
   * Returns a token without white space around it.
   *
   * @throws InvalidInputException when an HTTP header cannot carry it; the token is not repeated
   */
  static String checked(Token kind, String token) {
    String value = token.strip();
    if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new InvalidInputException(
          kind.word() + " token",
          value.isEmpty() ? "empty text" : "a character that no header can carry",
          "visible ASCII characters");
    }
    return value;
  }

  /** Returns for each kind whether its token is set, but no token. */
  static Map<String, String> shown(Map<Token, String> tokens) {
    var shown = new LinkedHashMap<String, String>();
    for (Token kind : Token.values()) {
      shown.put(kind.word(), tokens.containsKey(kind) ? "set" : "not set");
    }
    return shown;
  }
}

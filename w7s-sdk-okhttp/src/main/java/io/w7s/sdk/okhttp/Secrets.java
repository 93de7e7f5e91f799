package io.w7s.sdk.okhttp;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.Request;

/** What of a request and its answer is never shown. */
public final class Secrets {

  static final String HIDDEN = "[hidden]";

  /** Names of headers whose values are secret, by what they hold. */
  private static final Pattern NAMES =
      Pattern.compile("auth|cookie|credential|key|passw|secret|session|signature|token");

  /** What separates the secrets in a value: {@code Bearer token}, {@code a=1; b=2}. */
  private static final Pattern SEPARATORS = Pattern.compile("[\\s;,=\"]+");

  /** A shorter text is no secret, and may stand anywhere. */
  private static final int SHORTEST = 8;

  private Secrets() {}

  /** Returns whether the values of a header, named in lower case, are secret. */
  static boolean isSecret(String name) {
    return NAMES.matcher(name).find();
  }

  /** Returns a text that came back, without the secrets of the request that it may repeat. */
  public static String hide(Request request, String text) {
    List<String> secrets = new ArrayList<>();
    request
        .headers()
        .forEach(
            header -> {
              if (isSecret(header.getFirst())) {
                SEPARATORS.splitAsStream(header.getSecond()).forEach(secrets::add);
              }
            });
    String hidden = text;
    for (String secret : secrets) {
      if (secret.length() >= SHORTEST) {
        hidden = hidden.replace(secret, HIDDEN);
      }
    }
    return hidden;
  }
}

package io.w7s.sdk.internal.text;

import io.w7s.sdk.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one call, to be removed from text that is shown: in a message, a cause or the log.
 * They are found as they are, with percent, JSON or HTML escapes, and within Base64 or hexadecimal
 * text; so is a part of one, since messages may hold text that was cut. Secrets are added by one
 * thread before they are removed by any.
 */
public final class Secrets {

  /** What is shown instead of a secret. */
  public static final String HIDDEN = "[hidden]";

  /** What headers and parameters with secret values have in their names. */
  private static final Pattern NAMES =
      Pattern.compile("auth|cookie|credential|key|passw|secret|session|signature|token");

  private static final Pattern SCHEME = Pattern.compile("^ *[A-Za-z][A-Za-z0-9-]* +(?=[^ ])");
  private static final Pattern SEPARATORS = Pattern.compile("[\\s;,]+");

  /** A shorter text is no secret, and may be part of any word. */
  private static final int SHORTEST = 6;

  /** The shortest part of a secret that is removed. */
  private static final int PART = 12;

  /** The most of a text that is searched beyond what is shown of it. */
  public static final int LOOK_AHEAD = 8192;

  /** Far more than exceptions have in practice. */
  private static final int LONGEST_CHAIN = 32;

  private static final int LONGEST_MESSAGE = 1024;

  private final Set<String> values = new LinkedHashSet<>();
  private final Set<String> base64 = new LinkedHashSet<>();
  private final Set<String> hex = new LinkedHashSet<>();

  /** Starts without secrets. */
  public Secrets() {}

  /** Returns whether the values of a header or a parameter are secret, by its name. */
  public static boolean isSecret(String name) {
    return NAMES.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  /** Adds the value of a header where its name says that it is secret. */
  public Secrets addHeader(String name, String value) {
    if (isSecret(name)) {
      boolean hasScheme = name.toLowerCase(Locale.ROOT).contains("authorization");
      String credentials = hasScheme ? SCHEME.matcher(value).replaceFirst("") : value;
      addValue(credentials);
      for (String part : SEPARATORS.split(credentials, 0)) {
        addValue(part.substring(part.indexOf('=') + 1));
      }
    }
    return this;
  }

  /** Adds the values of all headers whose names say that they are secret. */
  public Secrets addHeaders(Headers headers) {
    headers.forEach(this::addHeader);
    return this;
  }

  /**
   * Adds the values of all parameters whose names say that they are secret.
   *
   * @param query percent-encoded, without its question mark; null or empty for none
   */
  public Secrets addQuery(@Nullable String query) {
    if (query != null) {
      for (String parameter : query.split("&", -1)) {
        int equals = parameter.indexOf('=');
        if (equals > 0 && isSecret(parameter.substring(0, equals))) {
          addValue(parameter.substring(equals + 1));
        }
      }
    }
    return this;
  }

  /**
   * Adds a value, and what it stands for where it has escapes, as values of cookies may. A value of
   * less than 6 bytes is not secret.
   */
  public Secrets addValue(String text) {
    EscapedText escaped = EscapedText.of(withoutQuotes(text.strip()));
    addUnits(escaped.units());
    addUnits(escaped.unescaped().units());
    return this;
  }

  private void addUnits(String units) {
    if (units.length() >= SHORTEST && values.add(units)) {
      addEncodings(units.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static String withoutQuotes(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /**
   * Adds what Base64 makes of a secret, wherever in a text it stands: three bytes are four
   * characters, so there are three ways. Characters that also depend on what is beside the secret
   * are left out.
   */
  private void addEncodings(byte[] secret) {
    hex.add(HexFormat.of().formatHex(secret));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + secret.length];
      System.arraycopy(secret, 0, shifted, before, secret.length);
      String encoded = Base64.getEncoder().encodeToString(shifted);
      int from = before == 0 ? 0 : before + 1;
      base64.add(encoded.substring(from, shifted.length * 8 / 6));
    }
  }

  /** Returns whether a text holds a whole secret in any of the forms. */
  public boolean isIn(String text) {
    return !values.isEmpty() && hiddenCharacters(text, false) != null;
  }

  /** Returns a text with its secrets replaced, and parts of them. */
  public String hide(String text) {
    boolean @Nullable [] hidden = values.isEmpty() ? null : hiddenCharacters(text, true);
    if (hidden == null) {
      return text;
    }
    var shown = new StringBuilder();
    for (int i = 0; i < hidden.length; i++) {
      if (!hidden[i]) {
        shown.append(text.charAt(i));
      } else if (i == 0 || !hidden[i - 1]) {
        shown.append(HIDDEN);
      }
    }
    return shown.toString();
  }

  /**
   * Returns the beginning of a text for a message or the log: on one line, without control
   * characters and secrets. A secret is found also where the text is cut within it.
   *
   * @param longest the most characters
   */
  public String line(String text, int longest) {
    boolean cut = text.length() - LOOK_AHEAD > longest;
    return OneLine.of(hide(cut ? text.substring(0, longest + LOOK_AHEAD) : text), longest);
  }

  /** Returns a plain JSON value, such as a map, with the secrets in its texts replaced. */
  public @Nullable Object hideIn(@Nullable Object json) {
    if (json instanceof String text) {
      return hide(text);
    }
    if (json instanceof Map<?, ?> map) {
      return hideIn(map);
    }
    if (json instanceof List<?> list) {
      var hidden = new ArrayList<@Nullable Object>();
      list.forEach(each -> hidden.add(hideIn(each)));
      return Collections.unmodifiableList(hidden);
    }
    return json;
  }

  /** Returns a JSON object with the secrets in its names and values replaced. */
  public Map<String, @Nullable Object> hideIn(Map<?, ?> object) {
    var hidden = new LinkedHashMap<String, @Nullable Object>();
    object.forEach((name, value) -> hidden.put(hide((String) name), hideIn(value)));
    return Collections.unmodifiableMap(hidden);
  }

  /**
   * Returns an exception that can be shown: itself where nothing in it, its causes and its
   * suppressed exceptions is secret, a control character or too long; otherwise a copy that names
   * its class.
   */
  public @Nullable Throwable hideIn(@Nullable Throwable thrown) {
    return thrown == null || isClean(thrown, LONGEST_CHAIN) ? thrown : copy(thrown, LONGEST_CHAIN);
  }

  private boolean isClean(Throwable thrown, int depth) {
    String message = String.valueOf(thrown.getMessage());
    if (depth == 0 || !line(message, LONGEST_MESSAGE).equals(message)) {
      return false;
    }
    Throwable cause = thrown.getCause();
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!isClean(suppressed, depth - 1)) {
        return false;
      }
    }
    return cause == null || isClean(cause, depth - 1);
  }

  private Throwable copy(Throwable thrown, int depth) {
    var copy = new IOException(line(thrown.toString(), LONGEST_MESSAGE));
    copy.setStackTrace(thrown.getStackTrace());
    if (depth > 1) {
      Throwable cause = thrown.getCause();
      if (cause != null) {
        copy.initCause(copy(cause, depth - 1));
      }
      for (Throwable suppressed : thrown.getSuppressed()) {
        copy.addSuppressed(copy(suppressed, depth - 1));
      }
    }
    return copy;
  }

  /** Returns which characters of a text belong to a secret; null when none does. */
  private boolean @Nullable [] hiddenCharacters(String text, boolean parts) {
    var hidden = new boolean[text.length()];
    boolean any = false;
    EscapedText view = EscapedText.of(text);
    for (int round = 0; view != null && round < 3; round++) {
      any |= mark(view, parts, hidden);
      view = view.hasEscapes() ? view.unescaped() : null;
    }
    return any ? hidden : null;
  }

  private boolean mark(EscapedText view, boolean parts, boolean[] hidden) {
    boolean any = mark(values, parts, view, false, hidden);
    EscapedText standard = view.withUnits(view.units().replace('-', '+').replace('_', '/'));
    any |= mark(base64, parts, standard, true, hidden);
    EscapedText lower = view.withUnits(view.units().toLowerCase(Locale.ROOT));
    any |= mark(hex, parts, lower, false, hidden);
    return any;
  }

  private static boolean mark(
      Set<String> secrets, boolean parts, EscapedText view, boolean wholeRun, boolean[] hidden) {
    boolean any = false;
    for (String secret : secrets) {
      int length = parts ? Math.min(PART, secret.length()) : secret.length();
      for (int from = 0; from + length <= secret.length(); from++) {
        any |= view.mark(secret.substring(from, from + length), wholeRun, hidden);
      }
    }
    return any;
  }
}

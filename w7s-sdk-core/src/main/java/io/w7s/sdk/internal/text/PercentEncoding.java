package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Percent-encoding of path segments and query parameters, by RFC 3986: only unreserved characters
 * stay as they are.
 */
public final class PercentEncoding {

  private static final String HEX = "0123456789ABCDEF";

  private PercentEncoding() {}

  /** Encodes one path segment, or one name or value of a query. */
  public static String component(String text) {
    if (isUnreserved(text)) {
      return text;
    }
    var encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
      }
    }
    return encoded.toString();
  }

  /**
   * Decodes one path segment.
   *
   * @throws InvalidInputException when an escape is not two hexadecimal digits, or the bytes are
   *     not UTF-8
   */
  public static String decode(String field, String encoded) {
    if (encoded.indexOf('%') < 0) {
      return encoded;
    }
    var decoded = new StringBuilder(encoded.length());
    var escaped = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        escaped.write(escape(field, encoded, i));
        i += 2;
      } else {
        decoded.append(utf8(field, escaped)).append(c);
      }
    }
    return decoded.append(utf8(field, escaped)).toString();
  }

  private static int escape(String field, String encoded, int at) {
    boolean whole = at + 2 < encoded.length();
    int high = whole ? hexDigit(encoded.charAt(at + 1)) : -1;
    int low = whole ? hexDigit(encoded.charAt(at + 2)) : -1;
    if (high < 0 || low < 0) {
      throw new InvalidInputException(field, "a broken percent escape", "percent-encoded text");
    }
    return high << 4 | low;
  }

  /** Not {@link Character#digit}, which takes the digits of all scripts. */
  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  /** Takes the bytes of the escapes that follow each other, which are whole characters. */
  private static String utf8(String field, ByteArrayOutputStream escaped) {
    if (escaped.size() == 0) {
      return "";
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(escaped.toByteArray());
      escaped.reset();
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new InvalidInputException(field, "bytes that are not UTF-8", "percent-encoded UTF-8");
    }
  }

  /**
   * Decodes a query into its parameters, in order; {@code +} is a space, a name without {@code =}
   * has empty text. The platform passes on any query, so escapes that are broken or not UTF-8 are
   * no error: they stay as they are.
   */
  public static Map<String, List<String>> query(String query) {
    if (query.isEmpty()) {
      return Map.of();
    }
    var parameters = new LinkedHashMap<String, List<String>>();
    for (String parameter : query.split("&", -1)) {
      if (!parameter.isEmpty()) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        parameters
            .computeIfAbsent(queryText(name), first -> new ArrayList<>(1))
            .add(queryText(value));
      }
    }
    parameters.replaceAll((name, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(parameters);
  }

  private static String queryText(String encoded) {
    String text = encoded.replace('+', ' ');
    if (text.indexOf('%') < 0) {
      return text;
    }
    var decoded = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = endOfEscapes(text, at);
      if (end == at) {
        decoded.append(text.charAt(at++));
      } else {
        decoded.append(decodedOrSame(text.substring(at, end)));
        at = end;
      }
    }
    return decoded.toString();
  }

  /** Returns where the escapes end that follow each other from a place on. */
  private static int endOfEscapes(String text, int start) {
    int end = start;
    while (end + 2 < text.length()
        && text.charAt(end) == '%'
        && hexDigit(text.charAt(end + 1)) >= 0
        && hexDigit(text.charAt(end + 2)) >= 0) {
      end += 3;
    }
    return end;
  }

  /** Decodes nothing but escapes, unless their bytes are not UTF-8. */
  private static String decodedOrSame(String escapes) {
    byte[] bytes = HexFormat.of().parseHex(escapes.replace("%", ""));
    String text = new String(bytes, StandardCharsets.UTF_8);
    return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) ? text : escapes;
  }

  private static boolean isUnreserved(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isUnreserved(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}

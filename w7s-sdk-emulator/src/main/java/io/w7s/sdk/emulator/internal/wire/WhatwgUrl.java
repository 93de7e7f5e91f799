package io.w7s.sdk.emulator.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;

/**
 * Paths and queries as the platform's URL parser normalises them, by the rules of the WHATWG URL
 * standard for {@code https}. Existing percent escapes stay as they are, also invalid ones.
 */
public final class WhatwgUrl {

  private static final String ESCAPED_IN_PATH = " \"#<>?^`{}";
  private static final String ESCAPED_IN_QUERY = " \"#<>'";

  private WhatwgUrl() {}

  /**
   * Returns a path with dot segments resolved, backslashes turned into slashes, and characters
   * escaped that a path must not contain.
   *
   * @param path starts with a slash
   */
  public static String path(String path) {
    if (isPlain(path)) {
      return path;
    }
    var kept = new ArrayList<String>();
    String[] segments = path.replace('\\', '/').substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i].toLowerCase(Locale.ROOT).replace("%2e", ".");
      boolean up = segment.equals("..");
      if (up && !kept.isEmpty()) {
        kept.remove(kept.size() - 1);
      }
      if (!up && !segment.equals(".")) {
        kept.add(segments[i]);
      } else if (i == segments.length - 1) {
        kept.add("");
      }
    }
    return escaped("/" + String.join("/", kept), ESCAPED_IN_PATH);
  }

  /**
   * Returns a query without its question mark, with characters escaped that it must not contain.
   */
  public static String query(String query) {
    return escaped(query, ESCAPED_IN_QUERY);
  }

  /** Returns whether a path is normal already, which is the usual case and cheap to check. */
  private static boolean isPlain(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '/'
              || c == '-'
              || c == '_';
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text, String escaped) {
    var out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 127 && escaped.indexOf(b) < 0) {
        out.append((char) b);
      } else {
        out.append('%').append("%02X".formatted(b & 0xFF));
      }
    }
    return out.toString();
  }
}

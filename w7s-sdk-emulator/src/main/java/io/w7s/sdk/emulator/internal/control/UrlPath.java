package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PercentEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A path as the platform reads it: repeated slashes are one, segments are trimmed, percent escapes
 * are decoded for each segment on its own.
 *
 * @param raw the segments, percent-encoded, none of them empty
 * @param trailingSlash whether the path ends with a slash
 */
record UrlPath(List<String> raw, boolean trailingSlash) {

  /** What a URL escapes in a path by itself, beside controls and what is not ASCII. */
  private static final String ESCAPED = " \"#<>?^`{}";

  static UrlPath of(String path) {
    var raw = new ArrayList<String>();
    for (String segment : path.split("/", -1)) {
      String trimmed = Names.trimmed(segment);
      if (!trimmed.isEmpty()) {
        raw.add(trimmed);
      }
    }
    return new UrlPath(raw, path.endsWith("/"));
  }

  int count() {
    return raw.size();
  }

  /**
   * Returns a segment decoded.
   *
   * @throws Refusal with 400 when its escapes are broken
   */
  String decoded(int index) {
    try {
      return PercentEncoding.decode("path", raw.get(index));
    } catch (InvalidInputException broken) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(broken.getMessage()));
    }
  }

  /** Returns the app that the first two segments name. */
  AppId app() {
    try {
      return new AppId(decoded(0), decoded(1));
    } catch (InvalidInputException notAnApp) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notAnApp.getMessage()));
    }
  }

  /**
   * Returns the path that the segments from an index on make in the target's own URL, with its
   * leading slash.
   */
  String pathFrom(int index) {
    var joined = new StringBuilder();
    for (int i = index; i < raw.size(); i++) {
      joined.append('/').append(decoded(i));
    }
    if (joined.isEmpty() || trailingSlash) {
      joined.append('/');
    }
    return asUrlPath(joined.toString().replace('\\', '/'));
  }

  /**
   * Resolves dots and escapes what has to be: what a decoded slash or percent sign is, it stays.
   */
  private static String asUrlPath(String path) {
    var kept = new ArrayList<String>();
    String[] segments = path.substring(1).split("/", -1);
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
    var out = new StringBuilder();
    for (byte b : ("/" + String.join("/", kept)).getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 127 && ESCAPED.indexOf(b) < 0) {
        out.append((char) b);
      } else {
        out.append('%').append("%02X".formatted(b & 0xFF));
      }
    }
    return out.toString();
  }
}

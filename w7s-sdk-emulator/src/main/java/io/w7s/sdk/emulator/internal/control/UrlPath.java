package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.WhatwgUrl;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PercentEncoding;
import java.util.ArrayList;
import java.util.List;

/**
 * A path as the platform reads it: repeated slashes count as one, segments are trimmed, and percent
 * escapes are decoded in each segment separately.
 *
 * @param raw the segments, percent-encoded, none of them empty
 * @param trailingSlash whether the path ends with a slash
 */
record UrlPath(List<String> raw, boolean trailingSlash) {

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

  /** Returns the segments from an index to the end, decoded and joined with hyphens. */
  String joined(int index) {
    var joined = new StringBuilder(decoded(index));
    for (int i = index + 1; i < raw.size(); i++) {
      joined.append('-').append(decoded(i));
    }
    return joined.toString();
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
   * Returns the path in the target that the segments from an index to the end name, with a leading
   * slash.
   */
  String pathFrom(int index) {
    var joined = new StringBuilder();
    for (int i = index; i < raw.size(); i++) {
      joined.append('/').append(decoded(i));
    }
    if (joined.isEmpty() || trailingSlash) {
      joined.append('/');
    }
    return WhatwgUrl.path(joined.toString());
  }
}

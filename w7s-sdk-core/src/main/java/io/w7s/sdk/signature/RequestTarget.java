package io.w7s.sdk.signature;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.signature.RefusedRequest.Check;

/** Refuses methods and targets that those on the way of a request could read differently. */
final class RequestTarget {

  private static final int MAX_LENGTH = 8192;
  private static final int MAX_METHOD = 16;

  private RequestTarget() {}

  /** Returns the path and query of a request, as they came. */
  static String of(AppRequest request) {
    String query = request.query();
    return query.isEmpty() ? request.path() : request.path() + "?" + query;
  }

  /** Checks the target and the method. */
  static void check(AppRequest request) throws RefusedRequest {
    String path = request.path();
    String query = request.query();
    if (path.length() + (query.isEmpty() ? 0 : 1 + query.length()) > MAX_LENGTH) {
      throw refused("it has more than " + MAX_LENGTH + " characters");
    }
    if (!path.startsWith("/")) {
      throw refused("its path does not begin with a slash");
    }
    checkCharacters(path);
    checkCharacters(query);
    checkSegments(path);
    if (!isMethod(request.method())) {
      throw new RefusedRequest(
          Check.METHOD, "the method is not 1 to " + MAX_METHOD + " letters from A to Z");
    }
  }

  private static void checkCharacters(String text) throws RefusedRequest {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '\\' || c == '#') {
        throw refused("it has a character that a URL cannot have there");
      }
    }
  }

  private static void checkSegments(String path) throws RefusedRequest {
    int start = 1;
    while (start <= path.length()) {
      int end = path.indexOf('/', start);
      if (end == start) {
        throw refused("its path has //");
      }
      if (end < 0) {
        end = path.length();
      }
      checkSegment(path, start, end);
      start = end + 1;
    }
  }

  private static void checkSegment(String path, int start, int end) throws RefusedRequest {
    int dots = 0;
    boolean onlyDots = true;
    for (int i = start; i < end; i++) {
      char c = path.charAt(i);
      if (c == '?') {
        throw refused("it has a character that a URL cannot have there");
      }
      boolean escape = c == '%' && i + 2 < end;
      if (escape && (isHex(path, i + 1, "2f") || isHex(path, i + 1, "5c"))) {
        throw refused("its path has an escaped slash or backslash");
      }
      if (escape && isHex(path, i + 1, "2e")) {
        dots++;
        i += 2;
      } else if (c == '.') {
        dots++;
      } else {
        onlyDots = false;
      }
    }
    if (onlyDots && (dots == 1 || dots == 2)) {
      throw refused("its path has a segment . or ..");
    }
  }

  private static boolean isHex(String path, int at, String digits) {
    return path.regionMatches(true, at, digits, 0, 2);
  }

  private static boolean isMethod(String method) {
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) {
        return false;
      }
    }
    return !method.isEmpty() && method.length() <= MAX_METHOD;
  }

  private static RefusedRequest refused(String why) {
    return new RefusedRequest(Check.TARGET, "the request target is ambiguous: " + why);
  }
}

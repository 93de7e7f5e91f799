package io.w7s.sdk.servlet;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.HeaderText;
import io.w7s.sdk.internal.text.PercentEncoding;
import io.w7s.sdk.internal.text.SafeText;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.util.Collections;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request as its sender wrote it.
 *
 * @param method in upper case
 * @param path the path below that of the servlet, percent-encoded, with its leading slash
 * @param query percent-encoded, without its question mark; empty for none
 */
record RequestHead(String method, String path, String query, Headers headers) {

  private static final String BELOW = "/*";

  /**
   * Reads the head of a request.
   *
   * @throws RequestRefused with 400 when it cannot be handed over as it came
   */
  static RequestHead of(HttpServletRequest request) throws RequestRefused {
    String query = request.getQueryString();
    return new RequestHead(
        request.getMethod().toUpperCase(Locale.ROOT),
        path(request),
        query == null ? "" : query,
        headers(request));
  }

  AppRequest withBody(byte[] body) {
    return new AppRequest(method, path, query, headers, body);
  }

  /**
   * Takes the path of the context and the prefix of the mapping off the path that was sent. The
   * container knows both in their decoded form only.
   */
  private static String path(HttpServletRequest request) throws RequestRefused {
    String sent = request.getRequestURI();
    if (!sent.startsWith("/")) {
      throw new RequestRefused(400, "the request target is not a path");
    }
    String prefix = decoded(request.getContextPath()) + prefix(request.getHttpServletMapping());
    int at = 0;
    for (int slash = 0; slash < prefix.length(); ) {
      int next = end(prefix, slash);
      int end = end(sent, at);
      String segment = at < sent.length() ? withoutParameters(sent.substring(at, end)) : "";
      if (!prefix.substring(slash, next).equals(decoded(segment))) {
        throw new RequestRefused(400, "the path does not begin as that of this app does");
      }
      slash = next;
      at = end;
    }
    return at == sent.length() ? "/" : sent.substring(at);
  }

  private static String prefix(HttpServletMapping mapping) {
    String pattern = mapping.getPattern();
    return mapping.getMappingMatch() == MappingMatch.PATH && pattern.endsWith(BELOW)
        ? pattern.substring(0, pattern.length() - BELOW.length())
        : "";
  }

  /** Returns the end of a segment that begins with its slash. */
  private static int end(String path, int slash) {
    int end = path.indexOf('/', slash + 1);
    return end < 0 ? path.length() : end;
  }

  private static String withoutParameters(String segment) {
    int parameters = segment.indexOf(';');
    return parameters < 0 ? segment : segment.substring(0, parameters);
  }

  private static @Nullable String decoded(String path) {
    try {
      return PercentEncoding.decode("path", path);
    } catch (InvalidInputException brokenEscape) {
      return null;
    }
  }

  private static Headers headers(HttpServletRequest request) throws RequestRefused {
    Headers.Builder headers = Headers.builder();
    try {
      for (String name : Collections.list(request.getHeaderNames())) {
        for (String value : Collections.list(request.getHeaders(name))) {
          headers.add(name, HeaderText.ofLatin1(value));
        }
      }
    } catch (InvalidInputException notHttp) {
      throw new RequestRefused(400, String.valueOf(notHttp.getMessage()));
    }
    return headers.build();
  }

  /** Returns method and path for the log; not the query, which may be secret. */
  @Override
  public String toString() {
    return SafeText.of(method + " " + path);
  }
}

package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.HeaderText;
import io.w7s.sdk.internal.text.Names;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, by the rules of RFC 9112.
 *
 * @param method in upper case
 * @param path as it came, percent-encoded, with its leading slash
 * @param query as it came, without its question mark; empty for none
 * @param authority the host and port of an absolute request target; null for a path alone
 * @param keepsAlive whether the sender may send another request on the connection
 * @param awaitsContinue whether the sender waits for a 100 before it sends the body
 */
record RequestHead(
    String method,
    String path,
    String query,
    @Nullable String authority,
    Headers headers,
    boolean keepsAlive,
    boolean awaitsContinue) {

  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)(.*)");
  private static final Pattern JSON =
      Pattern.compile("(?i)application/(?:[a-z0-9!#$&^_.-]+\\+)?json[ \\t]*(?:;.*)?");

  /**
   * Reads the head that a parser has taken apart.
   *
   * @throws RequestRefused when it is not valid
   */
  static RequestHead of(ClassicHttpRequest request) throws RequestRefused {
    Headers headers = headers(request);
    boolean http11 = request.getVersion().greaterEquals(HttpVersion.HTTP_1_1);
    requireOneHost(headers, http11);
    String target = request.getPath();
    String authority = null;
    var absolute = ABSOLUTE.matcher(target);
    if (absolute.matches()) {
      authority = absolute.group(1);
      String rest = absolute.group(2);
      target = rest.startsWith("/") ? rest : "/" + rest;
    }
    if (!target.startsWith("/")) {
      throw new RequestRefused(400, "the request target is neither a path nor an http URL");
    }
    int query = target.indexOf('?');
    return new RequestHead(
        request.getMethod().toUpperCase(Locale.ROOT),
        query < 0 ? target : target.substring(0, query),
        query < 0 ? "" : target.substring(query + 1),
        authority,
        headers,
        http11 && !hasToken(headers, "connection", "close"),
        http11 && awaitsContinue(headers));
  }

  private static Headers headers(ClassicHttpRequest request) throws RequestRefused {
    Headers.Builder headers = Headers.builder();
    try {
      for (Header header : request.getHeaders()) {
        headers.add(header.getName(), HeaderText.ofLatin1(header.getValue()));
      }
    } catch (InvalidInputException notHttp) {
      throw new RequestRefused(400, String.valueOf(notHttp.getMessage()));
    }
    return headers.build();
  }

  private static void requireOneHost(Headers headers, boolean required) throws RequestRefused {
    List<String> hosts = headers.all("host");
    if (hosts.size() > 1 || (hosts.isEmpty() && required)) {
      throw new RequestRefused(
          400, "the request has " + hosts.size() + " host headers and needs one");
    }
  }

  private static boolean awaitsContinue(Headers headers) throws RequestRefused {
    for (String expected : headers.all("expect")) {
      if (!expected.equalsIgnoreCase("100-continue")) {
        throw new RequestRefused(
            417, "the expectation " + Names.quoted(expected) + " cannot be met");
      }
    }
    return headers.has("expect");
  }

  private static boolean hasToken(Headers headers, String name, String token) {
    return headers.all(name).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .anyMatch(each -> each.strip().equalsIgnoreCase(token));
  }

  /** Returns whether the body is JSON by its content type. */
  boolean isJson() {
    List<String> types = headers.all("content-type");
    return types.size() == 1 && JSON.matcher(types.get(0)).matches();
  }
}

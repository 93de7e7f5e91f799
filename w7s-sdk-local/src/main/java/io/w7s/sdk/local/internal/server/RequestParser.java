package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.internal.text.Names;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * Reads the head of a request line by line, and refuses what RFC 9112 calls invalid. HttpCore's own
 * parser accepts folded lines, bare line feeds, a head that breaks off and the like, which another
 * program on the way may read differently.
 */
final class RequestParser implements HttpMessageParser<ClassicHttpRequest> {

  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int MAX_TARGET = 16 * 1024;
  private static final int MAX_METHOD = 32;
  private static final int MAX_HEADERS = 200;
  private static final int MAX_EMPTY_LINES = 4;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/([0-9])\\.([0-9])");

  @Override
  public ClassicHttpRequest parse(SessionInputBuffer buffer, InputStream in) throws IOException {
    var lines = new Lines(buffer, in, MAX_HEAD_BYTES, 431);
    String first = "";
    for (int i = 0; i <= MAX_EMPTY_LINES && first.isEmpty(); i++) {
      first = lines.next();
      if (first == null) {
        throw new ConnectionClosedException("the sender has closed the connection");
      }
    }
    ClassicHttpRequest request = requestLine(first);
    for (int count = 0; ; count++) {
      String line = lines.next();
      if (line == null) {
        throw new RequestRefused(400, "the request ends within its head");
      }
      if (line.isEmpty()) {
        BodyLength.require(request);
        return request;
      }
      if (count == MAX_HEADERS) {
        throw new RequestRefused(431, "the request has more than " + MAX_HEADERS + " headers");
      }
      request.addHeader(header(line));
    }
  }

  private static ClassicHttpRequest requestLine(String line) throws RequestRefused {
    Matcher matcher = REQUEST_LINE.matcher(line);
    if (!matcher.matches()) {
      throw new RequestRefused(400, "the request line " + Names.quoted(line) + " is not valid");
    }
    if (!matcher.group(3).equals("1")) {
      throw new RequestRefused(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    if (matcher.group(1).length() > MAX_METHOD) {
      throw new RequestRefused(501, "a method of that length is not known here");
    }
    String target = matcher.group(2);
    if (target.length() > MAX_TARGET) {
      throw new RequestRefused(
          414,
          "the request target has "
              + target.length()
              + " characters, "
              + MAX_TARGET
              + " are allowed");
    }
    if (target.indexOf('#') >= 0) {
      throw new RequestRefused(400, "the request target has a fragment");
    }
    // the target is not looked into: //a/b is a path, not a host and a path
    var request = new BasicClassicHttpRequest(matcher.group(1), "/");
    request.setPath(target);
    request.setVersion(matcher.group(4).equals("0") ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1);
    return request;
  }

  /** Reads a header line, or a trailer. */
  static Header header(String line) throws RequestRefused {
    int colon = line.indexOf(':');
    if (colon < 1 || !isToken(line, colon)) {
      throw new RequestRefused(400, "the header line " + Names.quoted(line) + " is not valid");
    }
    return new BasicHeader(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  private static boolean isToken(String line, int end) {
    for (int i = 0; i < end; i++) {
      char c = line.charAt(i);
      if (c <= ' ' || c >= 127 || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}

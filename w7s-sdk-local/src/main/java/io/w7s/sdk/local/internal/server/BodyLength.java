package io.w7s.sdk.local.internal.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpVersion;

/**
 * The headers that say how long a body is, by RFC 9112, section 6. Where they leave room for two
 * readings, two programs that pass a request on may find two different ends of it.
 */
final class BodyLength {

  /** More digits do not fit into a long. */
  private static final int MAX_DIGITS = 18;

  private BodyLength() {}

  /**
   * Requires that the headers give one length or none.
   *
   * @throws RequestRefused when they do not
   */
  static void require(ClassicHttpRequest request) throws RequestRefused {
    List<String> lengths = values(request, HttpHeaders.CONTENT_LENGTH);
    List<String> codings = values(request, HttpHeaders.TRANSFER_ENCODING);
    if (!lengths.isEmpty()) {
      requireNumber(lengths);
    }
    if (!codings.isEmpty()) {
      requireChunked(codings);
      if (!lengths.isEmpty()) {
        throw new RequestRefused(
            400, "the request has both a content-length and a transfer-encoding");
      }
      if (request.getVersion().lessEquals(HttpVersion.HTTP_1_0)) {
        throw new RequestRefused(400, "HTTP/1.0 has no transfer-encoding");
      }
    }
  }

  private static List<String> values(ClassicHttpRequest request, String name) {
    var values = new ArrayList<String>();
    for (Header header : request.getHeaders(name)) {
      for (String value : header.getValue().split(",", -1)) {
        values.add(value.strip().toLowerCase(Locale.ROOT));
      }
    }
    return values;
  }

  private static void requireNumber(List<String> lengths) throws RequestRefused {
    String length = lengths.get(0);
    if (lengths.size() > 1) {
      throw new RequestRefused(400, "the request has " + lengths.size() + " content-lengths");
    }
    if (length.isEmpty() || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new RequestRefused(400, "the content-length is not a number");
    }
    if (length.length() > MAX_DIGITS) {
      throw new RequestRefused(413, "the body is larger than anything that is allowed");
    }
  }

  private static void requireChunked(List<String> codings) throws RequestRefused {
    int last = codings.size() - 1;
    if (codings.indexOf("chunked") != last) {
      throw new RequestRefused(
          400, "the last transfer-encoding is not chunked, or not the only one");
    }
    if (last > 0) {
      throw new RequestRefused(501, "of transfer-encodings only chunked is known here");
    }
  }
}

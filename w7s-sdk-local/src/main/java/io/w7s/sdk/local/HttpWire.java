package io.w7s.sdk.local;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Ascii;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/** Reads a request of HttpCore, and makes its answer. */
final class HttpWire {

  private static final Set<String> SERVERS_OWN =
      Set.of("content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  /** HttpCore has words for statuses below. */
  private static final int NO_REASON_PHRASE = 600;

  private HttpWire() {}

  /** Path and query as they came, percent-encoded. */
  record Target(String path, String query) {

    /** Reads what a request line has between method and version. */
    static Target of(String requested) throws RequestRefused {
      String target = withoutOrigin(requested);
      if (!target.startsWith("/") || !isPrintable(target)) {
        throw RequestRefused.closing(400, "the request target is not a path");
      }
      int fragment = target.indexOf('#');
      if (fragment >= 0) {
        target = target.substring(0, fragment);
      }
      int query = target.indexOf('?');
      return query < 0
          ? new Target(target, "")
          : new Target(target.substring(0, query), target.substring(query + 1));
    }

    /** A sender that takes this server for a proxy names scheme and host, too. */
    private static String withoutOrigin(String requested) {
      int scheme = requested.startsWith("/") ? -1 : requested.indexOf("://");
      if (scheme < 0) {
        return requested;
      }
      int path = requested.indexOf('/', scheme + 3);
      return path < 0 ? "/" : requested.substring(path);
    }

    private static boolean isPrintable(String target) {
      for (int i = 0; i < target.length(); i++) {
        char c = target.charAt(i);
        if (c <= ' ' || c >= 127) {
          return false;
        }
      }
      return true;
    }
  }

  static Headers headers(ClassicHttpRequest request) throws RequestRefused {
    Headers.Builder headers = Headers.builder();
    try {
      for (Header header : request.getHeaders()) {
        headers.add(header.getName(), received(header.getValue()));
      }
    } catch (InvalidInputException notHttp) {
      throw RequestRefused.closing(400, String.valueOf(notHttp.getMessage()));
    }
    return headers.build();
  }

  static byte[] body(ClassicHttpRequest request, int most) throws RequestRefused {
    HttpEntity entity = request.getEntity();
    if (entity == null) {
      return new byte[0];
    }
    long declared = entity.getContentLength();
    if (declared > most) {
      throw RequestRefused.closing(
          413, "the body has " + declared + " bytes, " + most + " are allowed");
    }
    byte[] body;
    try {
      InputStream in = entity.getContent();
      body = in.readNBytes(declared >= 0 ? (int) declared : most);
      if (declared < 0 && body.length == most && in.read() >= 0) {
        throw RequestRefused.closing(413, "the body has more than the allowed " + most + " bytes");
      }
    } catch (IOException broken) {
      throw RequestRefused.closing(400, "the body cannot be read to its end");
    }
    return body;
  }

  static ClassicHttpResponse response(AppResponse response) {
    int status = response.status();
    var http = new BasicClassicHttpResponse(status, status < NO_REASON_PHRASE ? null : "");
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!SERVERS_OWN.contains(name)) {
                http.addHeader(name, value);
              }
            });
    if (response.body().length > 0 && status != 204 && status != 304) {
      http.setEntity(new ByteArrayEntity(response.body(), null));
    }
    return http;
  }

  /** Header values are bytes, which HttpCore shows as Latin-1; most senders mean UTF-8. */
  private static String received(String latin1) {
    if (Ascii.isAll(latin1)) {
      return latin1;
    }
    try {
      var bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notUtf8) {
      return latin1;
    }
  }
}

package io.w7s.sdk.local;

import com.sun.net.httpserver.HttpExchange;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Reads a request from the JDK's server and writes the answer to it. */
final class HttpWire {

  /** What is read of a body that nobody wants, so that its sender gets to see the answer. */
  private static final int MOST_DISCARDED_BYTES = 32 * 1024 * 1024;

  private static final Set<String> SERVERS_OWN =
      Set.of("content-length", "transfer-encoding", "keep-alive", "upgrade", "date");

  private HttpWire() {}

  /** Path and query as they came, percent-encoded. */
  record Target(String path, String query) {

    /**
     * The JDK takes {@code //a/b} for a host and a path, so its own idea of the path is not asked.
     */
    static Target of(URI requested) {
      String target =
          requested.isAbsolute()
              ? requested.getRawPath() + queryOf(requested)
              : requested.toString();
      int fragment = target.indexOf('#');
      if (fragment >= 0) {
        target = target.substring(0, fragment);
      }
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      return new Target(path.isEmpty() ? "/" : path, query < 0 ? "" : target.substring(query + 1));
    }

    private static String queryOf(URI requested) {
      return requested.getRawQuery() == null ? "" : "?" + requested.getRawQuery();
    }
  }

  static Headers headers(HttpExchange exchange) throws RequestRefused {
    var received = new LinkedHashMap<String, List<String>>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> received.put(name, values.stream().map(HttpWire::received).toList()));
    try {
      return Headers.copyOf(received);
    } catch (InvalidInputException notHttp) {
      throw RequestRefused.closing(400, String.valueOf(notHttp.getMessage()));
    }
  }

  static byte[] body(HttpExchange exchange, int most) throws RequestRefused {
    String declared = exchange.getRequestHeaders().getFirst("content-length");
    long length = declared == null ? -1 : Long.parseLong(declared.trim());
    if (length > most) {
      throw RequestRefused.closing(
          413, "the body has " + length + " bytes, " + most + " are allowed");
    }
    byte[] body;
    try {
      InputStream in = exchange.getRequestBody();
      body = in.readNBytes(most);
      if (body.length == most && in.read() >= 0) {
        throw RequestRefused.closing(413, "the body has more than the allowed " + most + " bytes");
      }
    } catch (IOException broken) {
      throw RequestRefused.closing(400, "the body cannot be read to its end");
    }
    if (body.length < length) {
      throw RequestRefused.closing(
          400, "the body ended after " + body.length + " of " + length + " bytes");
    }
    return body;
  }

  static void send(HttpExchange exchange, AppResponse response) throws IOException {
    response
        .headers()
        .forEach(
            (name, value) -> {
              if (!SERVERS_OWN.contains(name)) {
                exchange.getResponseHeaders().add(name, sent(value));
              }
            });
    byte[] body = response.body();
    if (body.length == 0 || isWithoutBody(exchange, response.status())) {
      exchange.sendResponseHeaders(response.status(), -1);
    } else {
      exchange.sendResponseHeaders(response.status(), body.length);
      exchange.getResponseBody().write(body);
      exchange.getResponseBody().flush();
    }
  }

  private static boolean isWithoutBody(HttpExchange exchange, int status) {
    return exchange.getRequestMethod().equals("HEAD") || status == 204 || status == 304;
  }

  /**
   * Reads what is left of a request's body. Closing a connection with unread bytes resets it, and
   * the sender would not see the answer it was given.
   */
  static void discardRest(HttpExchange exchange) {
    try {
      InputStream in = exchange.getRequestBody();
      byte[] buffer = new byte[16 * 1024];
      int discarded = 0;
      for (int read = in.read(buffer);
          read >= 0 && discarded < MOST_DISCARDED_BYTES;
          read = in.read(buffer)) {
        discarded += read;
      }
    } catch (IOException gone) {
      // it has been answered, so there is nothing else to do for it
    }
  }

  /** Header values are bytes, which the JDK shows as Latin-1; most senders mean UTF-8. */
  private static String received(String latin1) {
    if (isAscii(latin1)) {
      return latin1;
    }
    try {
      var bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notUtf8) {
      return latin1;
    }
  }

  private static String sent(String value) {
    return isAscii(value)
        ? value
        : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }
}

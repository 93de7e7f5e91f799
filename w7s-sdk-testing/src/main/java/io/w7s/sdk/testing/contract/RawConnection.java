package io.w7s.sdk.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocketFactory;

/** One connection to a server, which sends exactly the bytes that a test gives it. */
final class RawConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 20_000;

  private final URI base;
  private final Socket socket;
  private final InputStream in;

  RawConnection(URI base) throws IOException {
    this.base = base;
    boolean tls = base.getScheme().equals("https");
    int port = base.getPort() < 0 ? (tls ? 443 : 80) : base.getPort();
    socket =
        tls
            ? SSLSocketFactory.getDefault().createSocket(base.getHost(), port)
            : new Socket(base.getHost(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A response. Names of headers are in lower case, their values are bytes as Latin-1. */
  record Response(int status, List<String> head, byte[] body) {

    List<String> all(String name) {
      return head.stream()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .toList();
    }

    String text() {
      return new String(body, ISO_8859_1);
    }
  }

  /** Sends a request with these header lines and a body, and reads its response. */
  Response exchange(String method, String target, byte[] body, String... headers)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(headers));
    if (body.length > 0) {
      lines.add("content-length: " + body.length);
    }
    sendHead(method, target, lines.toArray(String[]::new));
    send(body);
    return response(method);
  }

  /** Sends the head of a request to a path of the app, with the host of the server. */
  void sendHead(String method, String target, String... headers) throws IOException {
    var head = new StringBuilder();
    head.append(method).append(' ').append(requestTarget(target)).append(" HTTP/1.1\r\n");
    head.append("host: ").append(base.getAuthority()).append("\r\n");
    for (String line : headers) {
      head.append(line).append("\r\n");
    }
    send(head.append("\r\n").toString().getBytes(ISO_8859_1));
  }

  private String requestTarget(String target) {
    return target.startsWith("/") ? base.getRawPath() + target : target;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Sends one chunk of a body; an empty one ends it. */
  void sendChunk(byte[] bytes) throws IOException {
    var chunk = new ByteArrayOutputStream();
    chunk.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1));
    chunk.write(bytes);
    chunk.write("\r\n".getBytes(ISO_8859_1));
    send(chunk.toByteArray());
  }

  /** Sends nothing more; the server sees the end of the stream. */
  void endSending() throws IOException {
    socket.shutdownOutput();
  }

  /**
   * Reads the next response, past those with a status below 200.
   *
   * @throws IOException when the connection ends before it
   */
  Response response(String method) throws IOException {
    Response response = anyResponse(method);
    while (response.status() < 200) {
      response = anyResponse(method);
    }
    return response;
  }

  /** Reads the next response, which may have a status below 200. */
  Response anyResponse(String method) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    int status = Integer.parseInt(lines.get(0).substring(9, 12));
    var head = new Response(status, lines.subList(1, lines.size()), new byte[0]);
    boolean bodiless = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
    return new Response(status, head.head(), bodiless ? new byte[0] : body(head));
  }

  private byte[] body(Response head) throws IOException {
    if (head.all("transfer-encoding").stream()
        .anyMatch(coding -> coding.toLowerCase(Locale.ROOT).equals("chunked"))) {
      return chunks();
    }
    List<String> length = head.all("content-length");
    return length.isEmpty() ? in.readAllBytes() : bytes(Integer.parseInt(length.get(0)));
  }

  private byte[] chunks() throws IOException {
    var all = new ByteArrayOutputStream();
    int size;
    do {
      size = Integer.parseInt(line(), 16);
      all.write(bytes(size));
      line();
    } while (size > 0);
    return all.toByteArray();
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the response ends after " + bytes.length + " of " + length);
    }
    return bytes;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("no response, or one that breaks off: " + line);
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

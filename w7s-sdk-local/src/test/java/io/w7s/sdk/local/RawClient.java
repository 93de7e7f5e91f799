package io.w7s.sdk.local;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly what a test says, on one connection. */
final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  RawClient(LocalAppServer server) throws IOException {
    this(server.port());
  }

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** What a server answered; the status is in the head. */
  record Answer(String head, String body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }
  }

  static Answer once(LocalAppServer server, String request) throws IOException {
    try (var client = new RawClient(server)) {
      return client.exchange(request);
    }
  }

  static Answer get(LocalAppServer server, String path, String... headers) throws IOException {
    return once(server, request("GET", path, "", headers));
  }

  static String request(String method, String path, String body, String... headers) {
    String given = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String host = given.contains("host:") ? "" : "host: 127.0.0.1\r\n";
    String length =
        body.isEmpty()
            ? ""
            : "content-length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n";
    return method + " " + path + " HTTP/1.1\r\n" + host + given + length + "\r\n" + body;
  }

  Answer exchange(String request) throws IOException {
    send(request);
    return answer(request.startsWith("HEAD "));
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  Answer answer(boolean withoutBody) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("no answer but '" + head + "'");
      }
      head.append((char) b);
    }
    int length =
        head.toString()
            .lines()
            .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
            .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
            .findFirst()
            .orElse(0);
    byte[] body = in.readNBytes(withoutBody ? 0 : length);
    return new Answer(head.toString(), new String(body, StandardCharsets.UTF_8));
  }

  /** Waits for a byte or the end; a server that has not read all ends by a reset. */
  boolean isAtEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package io.w7s.sdk.local.internal.server;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly the bytes that a test gives it, on one connection. */
public final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A response; the status is in the head. */
  public record Response(String head, String body) {
    public int status() {
      return Integer.parseInt(head.substring(9, 12));
    }
  }

  /** Sends a request on a connection of its own. */
  public static Response once(int port, String request) throws IOException {
    try (var client = new RawClient(port)) {
      return client.exchange(request);
    }
  }

  /** Sends a GET on a connection of its own. */
  public static Response get(int port, String path, String... headers) throws IOException {
    return once(port, request("GET", path, "", headers));
  }

  /** Returns a request with a host and a content-length, unless a header gives another host. */
  public static String request(String method, String path, String body, String... headers) {
    String given = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String host = ("\r\n" + given).contains("\r\nhost:") ? "" : "host: 127.0.0.1\r\n";
    String length =
        body.isEmpty()
            ? ""
            : "content-length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n";
    return method + " " + path + " HTTP/1.1\r\n" + host + given + length + "\r\n" + body;
  }

  public Response exchange(String request) throws IOException {
    send(request);
    return response(request.startsWith("HEAD "));
  }

  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /** Sends nothing more; the server sees the end of the stream. */
  public void endSending() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads the next response to a request that is not HEAD. */
  public Response response() throws IOException {
    return response(false);
  }

  private Response response(boolean withoutBody) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("no response but '" + head + "'");
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
    return new Response(head.toString(), new String(body, StandardCharsets.UTF_8));
  }

  /**
   * Waits for a byte or the end, and returns whether it is the end. A server that has not read
   * everything ends by a reset.
   */
  public boolean isAtEnd() throws IOException {
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

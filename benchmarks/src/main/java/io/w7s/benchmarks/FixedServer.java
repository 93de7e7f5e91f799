package io.w7s.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The server of HTTP benchmarks, in a JVM of its own: reads whole requests and answers each with
 * the same bytes, a receipt for what goes to a queue, an order for all else. As quick as a socket.
 */
final class FixedServer {

  private static final byte[] RECEIPT =
      answer(
          "{\"status\":\"success\",\"data\":{\"queue\":{\"owner\":\"acme\",\"repo\":\"worker\","
              + "\"name\":\"jobs\"},\"enqueuedAt\":\"2026-05-25T12:00:00.000Z\",\"result\":{}}}");
  private static final byte[] ORDER = answer(new String(Order.json(), StandardCharsets.UTF_8));

  private FixedServer() {}

  private static byte[] answer(String json) {
    return ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            + json.length()
            + "\r\n\r\n"
            + json)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Prints the port, and serves until its standard input ends. */
  public static void main(String[] args) throws IOException {
    var server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    System.out.println(server.getLocalPort());
    var acceptor =
        new Thread(
            () -> {
              while (true) {
                try {
                  Socket socket = server.accept();
                  socket.setTcpNoDelay(true);
                  var thread = new Thread(() -> serve(socket));
                  thread.setDaemon(true);
                  thread.start();
                } catch (IOException closed) {
                  return;
                }
              }
            });
    acceptor.setDaemon(true);
    acceptor.start();
    System.in.read();
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      OutputStream out = socket.getOutputStream();
      var head = new StringBuilder();
      while (readHead(in, head)) {
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length:");
        if (at >= 0) {
          int end = lower.indexOf('\r', at);
          in.skipNBytes(Long.parseLong(lower.substring(at + 15, end).strip()));
        }
        out.write(lower.contains("/queues/") ? RECEIPT : ORDER);
      }
    } catch (IOException gone) {
      // the client is done
    }
  }

  private static boolean readHead(InputStream in, StringBuilder head) throws IOException {
    head.setLength(0);
    int last4 = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      last4 = last4 << 8 | b;
      if (last4 == 0x0D0A0D0A) {
        return true;
      }
    }
    return false;
  }
}

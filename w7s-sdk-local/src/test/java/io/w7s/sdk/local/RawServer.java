package io.w7s.sdk.local;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that does with each connection what a test says, well-behaved or not. */
final class RawServer implements AutoCloseable {

  /** What happens on one connection, which is closed at its end. */
  interface Script {
    void run(Connection connection) throws IOException;
  }

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private RawServer(Script script) throws IOException {
    listener = new ServerSocket(0, 1024, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    daemon(
        () -> {
          while (true) {
            Socket socket = listener.accept();
            socket.setTcpNoDelay(true);
            sockets.add(socket);
            daemon(
                () -> {
                  try (socket) {
                    script.run(new Connection(socket));
                  }
                });
          }
        });
  }

  static RawServer serving(Script script) {
    try {
      return new RawServer(script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers every request with the same text. */
  static RawServer answering(String answer) {
    return serving(
        connection -> {
          while (true) {
            connection.request();
            connection.send(answer);
          }
        });
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The requests that came in whole. */
  List<Request> requests() {
    return requests;
  }

  int connections() {
    return sockets.size();
  }

  int open() {
    return (int) sockets.stream().filter(socket -> !socket.isClosed()).count();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void daemon(Task task) {
    var thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException closed) {
                // the end of a connection, or of the test
              }
            },
            "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  record Request(String head, String body) {
    String line() {
      return head.substring(0, head.indexOf('\r'));
    }

    String header(String name) {
      return head.lines()
          .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .reduce((one, other) -> one + " | " + other)
          .orElse("");
    }
  }

  final class Connection {
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    Request request() throws IOException {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException();
        }
        head.append((char) b);
      }
      var request = new Request(head.toString(), "");
      String length = request.header("content-length");
      byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
      request = new Request(request.head(), new String(body, StandardCharsets.UTF_8));
      requests.add(request);
      return request;
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /** Waits until the other side closes the connection. */
    void awaitEnd() throws IOException {
      while (in.read() >= 0) {
        // not wanted
      }
    }
  }
}

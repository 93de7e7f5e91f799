package io.w7s.sdk.okhttp;

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
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that does with each connection what a test says, well-behaved or not. */
public final class RawServer implements AutoCloseable {

  /** What happens on one connection, which is closed at its end. */
  public interface Script {
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

  public static RawServer serving(Script script) {
    try {
      return new RawServer(script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers every request with the same text. */
  public static RawServer answering(String answer) {
    return serving(
        connection -> {
          while (true) {
            connection.request();
            connection.send(answer);
          }
        });
  }

  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + path);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The requests that came in whole. */
  public List<Request> requests() {
    return requests;
  }

  public int connections() {
    return sockets.size();
  }

  public int open() {
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

  /** A request; its body is kept as bytes. */
  public record Request(String head, byte[] bytes) {
    public String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public String line() {
      return head.substring(0, head.indexOf('\r'));
    }

    public String header(String name) {
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .reduce((one, other) -> one + " | " + other)
          .orElse("");
    }
  }

  public final class Connection {
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    public Request request() throws IOException {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new EOFException();
        }
        head.append((char) b);
      }
      var request = new Request(head.toString(), new byte[0]);
      String length = request.header("content-length");
      byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
      request = new Request(request.head(), body);
      requests.add(request);
      return request;
    }

    public void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Waits until the other side closes the connection. */
    public void awaitEnd() throws IOException {
      while (in.read() >= 0) {
        // not wanted
      }
    }
  }
}

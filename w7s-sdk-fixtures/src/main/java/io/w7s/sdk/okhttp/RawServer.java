package io.w7s.sdk.okhttp;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/** A server that does on each connection what a test's script says, valid HTTP or not. */
public final class RawServer implements AutoCloseable {

  /** What the server does on one connection, which is closed at the end. */
  public interface Script {
    void run(Connection connection) throws IOException;
  }

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocket listener, InetSocketAddress address, Script script)
      throws IOException {
    this.listener = listener;
    listener.bind(address, 1024);
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
    return servingAt(new InetSocketAddress(loopback(), 0), script);
  }

  /** Serves at an address of the test's choice. */
  public static RawServer servingAt(InetSocketAddress address, Script script) {
    return serving(ServerSocketFactory.getDefault(), address, script);
  }

  /** Serves over sockets of the test's choice, such as TLS. */
  public static RawServer serving(ServerSocketFactory sockets, Script script) {
    return serving(sockets, new InetSocketAddress(loopback(), 0), script);
  }

  private static RawServer serving(
      ServerSocketFactory sockets, InetSocketAddress address, Script script) {
    try {
      return new RawServer(sockets.createServerSocket(), address, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers every request with the same text. */
  public static RawServer answering(String response) {
    return serving(
        connection -> {
          while (true) {
            connection.request();
            connection.send(response);
          }
        });
  }

  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
  }

  public URI url(String path) {
    return URI.create("http://" + listener.getInetAddress().getHostAddress() + ":" + port() + path);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Returns the requests that came in whole. */
  public List<Request> requests() {
    return requests;
  }

  /** Returns how many connections were opened so far. */
  public int connections() {
    return sockets.size();
  }

  /** Returns how many connections are open. */
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
                // the connection or the test has ended
              }
            },
            "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** A request, its body as bytes. */
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

  /** The server's end of a connection. */
  public final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Waits for a whole request. */
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

    /** Waits for so many bytes. */
    public byte[] read(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      return bytes;
    }

    public void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    public void close() throws IOException {
      socket.close();
    }

    /** Waits until the client closes the connection. */
    public void awaitEnd() throws IOException {
      while (in.read() >= 0) {
        // not wanted
      }
    }
  }
}

package io.w7s.sdk.bridge;

import io.w7s.sdk.testing.LinkState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A port of this machine that leads to another one, over a connection whose state a test sets. */
final class TcpLink implements AutoCloseable {

  private final int target;
  private final int port;
  private final List<Socket> open = new ArrayList<>();
  private ServerSocket listener;
  private LinkState state = LinkState.GOOD;
  private boolean closed;

  private TcpLink(int target) {
    this.target = target;
    listener = listen(0);
    port = listener.getLocalPort();
  }

  static TcpLink to(int port) {
    return new TcpLink(port);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Sets the state; what is stalled is cut off. */
  synchronized void set(LinkState changed) {
    if (changed == state || closed) {
      return;
    }
    if (changed == LinkState.DOWN) {
      cutAll();
    } else if (state == LinkState.DOWN) {
      listener = listen(port);
    }
    state = changed;
    notifyAll();
  }

  private ServerSocket listen(int wanted) {
    try {
      var socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), wanted));
      thread(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable task) {
    var thread = new Thread(task, "w7s-link");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        connect(socket.accept());
      } catch (IOException down) {
        // the listener is closed
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server;
    try {
      server = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), target);
    } catch (IOException down) {
      client.close();
      return;
    }
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    synchronized (this) {
      open.add(client);
      open.add(server);
    }
    thread(() -> pump(client, server, LinkState.LOSES_REQUESTS));
    thread(() -> pump(server, client, LinkState.LOSES_RESPONSES));
  }

  /** Copies bytes while the state is good for them, and then cuts both connections. */
  private void pump(Socket from, Socket to, LinkState bad) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0 && passes(bad); count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException cut) {
      // the other end sees it, too
    }
  }

  private synchronized boolean passes(LinkState bad) {
    boolean stalled = state == LinkState.STALLED;
    while (state == LinkState.STALLED && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return !stalled && state != bad;
  }

  private void cutAll() {
    close(listener);
    open.forEach(TcpLink::close);
    open.clear();
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    cutAll();
    notifyAll();
  }
}

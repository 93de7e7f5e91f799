package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A port whose backlog is full and never accepted, so that a further connection gets no response.
 * On Linux; other systems refuse it.
 */
public final class DeafPort implements AutoCloseable {

  private final ServerSocket listener;
  private final List<Socket> waiting = new ArrayList<>();

  public DeafPort() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    for (int i = 0; i < 2; i++) {
      waiting.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    listener.close();
  }
}

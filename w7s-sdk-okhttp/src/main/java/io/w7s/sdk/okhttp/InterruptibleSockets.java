package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of channels, because interrupting a thread ends its wait on a channel and not its wait on
 * any other socket. They send without delay: a body of more than about 8 KiB would else wait 40 ms
 * for an acknowledgement.
 */
final class InterruptibleSockets extends SocketFactory {

  /** One for all, because connections of different factories are not shared. */
  static final InterruptibleSockets INSTANCE = new InterruptibleSockets();

  private InterruptibleSockets() {}

  @Override
  public Socket createSocket() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel.socket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(null, new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(null, new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(localHost, localPort), new InetSocketAddress(host, port));
  }

  private Socket connected(@Nullable InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    Socket socket = createSocket();
    try {
      socket.bind(local);
      socket.connect(remote);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}

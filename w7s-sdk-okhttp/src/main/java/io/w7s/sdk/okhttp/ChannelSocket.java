package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * A socket over a channel, because interrupting a thread ends its wait on a channel and not its
 * wait on any other socket. Its input is a {@link ResponseInput}.
 */
final class ChannelSocket extends Socket {

  /** What is read into it is not looked at, so any number of threads may use it at a time. */
  private static final ByteBuffer UNWANTED = ByteBuffer.allocateDirect(1);

  private final ChannelImpl impl;

  private ChannelSocket(ChannelImpl impl) throws SocketException {
    super(impl);
    this.impl = impl;
  }

  /** Returns a socket that is neither bound nor connected. */
  static ChannelSocket open() throws IOException {
    return new ChannelSocket(new ChannelImpl(SocketChannel.open()));
  }

  /** Returns what the socket reads; the socket is connected. */
  ResponseInput input() {
    return impl.input();
  }

  /**
   * Returns whether nothing has come in and the other side has not closed the connection. Where
   * something has come in, a byte of it is lost.
   */
  boolean isQuiet() throws ClosedByInterruptException {
    if (!impl.input().isEmpty()) {
      return false;
    }
    SocketChannel channel = impl.channel;
    try {
      channel.configureBlocking(false);
      int read = channel.read(UNWANTED.duplicate());
      channel.configureBlocking(true);
      return read == 0;
    } catch (ClosedByInterruptException interrupted) {
      throw interrupted;
    } catch (IOException broken) {
      return false;
    }
  }

  /**
   * Closes the channel also where the socket was not used, and so does not know that it has one.
   */
  @Override
  public synchronized void close() throws IOException {
    try {
      super.close();
    } finally {
      impl.close();
    }
  }

  /** Returns whether the channel is closed, as an interrupt does as well. */
  @Override
  public boolean isClosed() {
    return !impl.channel.isOpen();
  }

  /** Does all of it by the channel's own socket, except for the input. */
  private static final class ChannelImpl extends SocketImpl {

    final SocketChannel channel;
    private final Socket socket;
    private volatile ResponseInput input = new ResponseInput(InputStream.nullInputStream());

    ChannelImpl(SocketChannel channel) {
      this.channel = channel;
      this.socket = channel.socket();
    }

    ResponseInput input() {
      return input;
    }

    @Override
    protected void create(boolean stream) {
      // the channel is there already
    }

    @Override
    protected void connect(String host, int port) throws IOException {
      connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
      connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void connect(SocketAddress address, int timeoutMillis) throws IOException {
      socket.connect(address, timeoutMillis);
      input = new ResponseInput(socket.getInputStream());
    }

    @Override
    protected void bind(InetAddress address, int port) throws IOException {
      socket.bind(new InetSocketAddress(address, port));
    }

    @Override
    protected void listen(int backlog) throws IOException {
      throw new SocketException("a client socket does not listen");
    }

    @Override
    protected void accept(SocketImpl other) throws IOException {
      throw new SocketException("a client socket does not accept");
    }

    @Override
    protected InputStream getInputStream() {
      return input;
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    protected int available() throws IOException {
      return input.available();
    }

    @Override
    protected void close() throws IOException {
      socket.close();
    }

    @Override
    protected void shutdownInput() throws IOException {
      socket.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
      socket.sendUrgentData(data);
    }

    @Override
    protected InetAddress getInetAddress() {
      return socket.getInetAddress();
    }

    @Override
    protected int getPort() {
      return socket.getPort();
    }

    @Override
    protected int getLocalPort() {
      return socket.getLocalPort();
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
      return channel.supportedOptions();
    }

    @Override
    protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
      channel.setOption(option, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> option) throws IOException {
      return channel.getOption(option);
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
      switch (option) {
        case SocketOptions.SO_TIMEOUT -> socket.setSoTimeout((Integer) value);
        case SocketOptions.TCP_NODELAY -> socket.setTcpNoDelay((Boolean) value);
        case SocketOptions.SO_KEEPALIVE -> socket.setKeepAlive((Boolean) value);
        case SocketOptions.SO_REUSEADDR -> socket.setReuseAddress((Boolean) value);
        case SocketOptions.SO_OOBINLINE -> socket.setOOBInline((Boolean) value);
        case SocketOptions.SO_SNDBUF -> socket.setSendBufferSize((Integer) value);
        case SocketOptions.SO_RCVBUF -> socket.setReceiveBufferSize((Integer) value);
        case SocketOptions.IP_TOS -> socket.setTrafficClass((Integer) value);
        case SocketOptions.SO_LINGER -> {
          boolean on = value instanceof Integer;
          socket.setSoLinger(on, on ? (Integer) value : 0);
        }
        default -> throw new SocketException("unknown option " + option);
      }
    }

    @Override
    public Object getOption(int option) throws SocketException {
      return switch (option) {
        case SocketOptions.SO_TIMEOUT -> socket.getSoTimeout();
        case SocketOptions.TCP_NODELAY -> socket.getTcpNoDelay();
        case SocketOptions.SO_KEEPALIVE -> socket.getKeepAlive();
        case SocketOptions.SO_REUSEADDR -> socket.getReuseAddress();
        case SocketOptions.SO_OOBINLINE -> socket.getOOBInline();
        case SocketOptions.SO_SNDBUF -> socket.getSendBufferSize();
        case SocketOptions.SO_RCVBUF -> socket.getReceiveBufferSize();
        case SocketOptions.IP_TOS -> socket.getTrafficClass();
        case SocketOptions.SO_LINGER -> socket.getSoLinger();
        case SocketOptions.SO_BINDADDR -> socket.getLocalAddress();
        default -> throw new SocketException("unknown option " + option);
      };
    }
  }
}

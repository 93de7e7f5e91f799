package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS sockets of another factory, unchanged, that remember the {@link ChannelSocket} beneath them.
 */
final class ChannelTls extends SSLSocketFactory {

  private static final Map<Socket, ChannelSocket> BENEATH =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final SSLSocketFactory factory;

  ChannelTls(SSLSocketFactory factory) {
    this.factory = factory;
  }

  /** Returns the socket itself, or the one beneath a TLS socket; null for any other kind. */
  static @Nullable ChannelSocket beneath(Socket socket) {
    return socket instanceof ChannelSocket own ? own : BENEATH.get(socket);
  }

  private static Socket layered(Socket tls, Socket beneath) {
    if (beneath instanceof ChannelSocket own) {
      BENEATH.put(tls, own);
    }
    return tls;
  }

  @Override
  public Socket createSocket(Socket beneath, String host, int port, boolean autoClose)
      throws IOException {
    return layered(factory.createSocket(beneath, host, port, autoClose), beneath);
  }

  @Override
  public Socket createSocket(Socket beneath, InputStream consumed, boolean autoClose)
      throws IOException {
    return layered(factory.createSocket(beneath, consumed, autoClose), beneath);
  }

  @Override
  public Socket createSocket() throws IOException {
    return factory.createSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return factory.createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return factory.createSocket(host, port, localHost, localPort);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  /** Equal for equal factories, because connections of different factories are not shared. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChannelTls tls && factory.equals(tls.factory);
  }

  @Override
  public int hashCode() {
    return factory.hashCode();
  }
}

package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Objects;
import java.util.Set;
import okhttp3.Connection;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each response with its request. On HTTP/1 the response is whatever comes next on the
 * connection, so a connection that holds bytes nobody asked for must not be used again, and neither
 * must one that the server has closed. HTTP/2 needs none of this: it numbers its streams, and its
 * connections are read all the time.
 *
 * <p>Only connections over a {@link ChannelSocket} are guarded.
 */
final class ConnectionGuard {

  private static final Set<Protocol> MULTIPLEXED =
      Set.of(Protocol.HTTP_2, Protocol.H2_PRIOR_KNOWLEDGE);

  private final Connection connection;
  private final boolean multiplexed;
  private final @Nullable ChannelSocket socket;
  private long readBefore;

  /** Guards the connection of one attempt. */
  ConnectionGuard(@Nullable Connection connection) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.multiplexed = MULTIPLEXED.contains(connection.protocol());
    this.socket = multiplexed ? null : ChannelTls.beneath(connection.socket());
  }

  /** Turns off Nagle's algorithm, also for a socket of another factory. */
  void sendWithoutDelay() throws IOException {
    connection.socket().setTcpNoDelay(true);
  }

  /** Returns whether a pooled connection was closed by the server or holds unread bytes. */
  boolean isUsedUp() throws IOException {
    return socket != null
        && (!socket.isQuiet()
            || (isTls(socket) && connection.socket().getInputStream().available() > 0));
  }

  private boolean isTls(ChannelSocket socket) {
    return connection.socket() != socket;
  }

  /** Prepares for a response. Nothing of the request has been written yet. */
  void beforeRequest() {
    if (socket != null) {
      readBefore = socket.input().count();
      if (!isTls(socket)) {
        socket.input().expectHead();
      }
    }
  }

  /**
   * Takes in the head of the response. Nothing of its body has been read yet.
   *
   * <p>Over TLS, bytes that came in one record with the end of the response before are noticed only
   * here, after the request was written: the head was there without another read.
   *
   * @throws ProtocolException when the response does not belong to the request
   */
  void afterHead(Response response) throws ProtocolException {
    if (socket == null) {
      return;
    }
    if (!isTls(socket)) {
      socket.input().expectBody(response);
    } else if (socket.input().count() == readBefore) {
      throw new ProtocolException("a response was there before the request was sent");
    }
  }

  /**
   * Finishes a response that ends with its head. Where the head gives a length all the same, OkHttp
   * would wait for such a body; then the connection, or with HTTP/2 the stream, is given up.
   */
  void endAtHead(Response response) throws IOException {
    if (response.body().contentLength() == 0) {
      return;
    }
    giveUp();
    try {
      response.close();
    } catch (IllegalArgumentException lengthBelowZero) {
      // it is closed all the same
    }
  }

  /** Makes sure that nothing else is sent on a connection whose state is not known. */
  void giveUp() throws IOException {
    if (!multiplexed) { // with HTTP/2 OkHttp ends the stream
      connection.socket().close();
    }
  }
}

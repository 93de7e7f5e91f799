package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/**
 * Makes an OkHttp call one attempt: not on a connection that is known to be dead, and never sent
 * again. By itself OkHttp repeats or refuses some failures, such as 503 with {@code retry-after: 0}
 * and 407; it gets to see 200 for all of them.
 */
final class SingleAttempt {

  private static final int OK = 200;

  /** Protocols whose connections are read all the time, so that their end is noticed at once. */
  private static final Set<Protocol> WATCHED = Set.of(Protocol.HTTP_2, Protocol.H2_PRIOR_KNOWLEDGE);

  /** What is read there is not looked at, so that all may do it at the same time. */
  private static final ByteBuffer UNWANTED = ByteBuffer.allocateDirect(1);

  private SingleAttempt() {}

  /**
   * Adds to a client what it takes: next to OkHttp's own on both sides, so that interceptors that
   * are there already see every answer as it is.
   */
  static void addTo(OkHttpClient.Builder client) {
    client.addInterceptor(SingleAttempt::aroundCall);
    client.networkInterceptors().add(0, SingleAttempt::aroundNetwork);
  }

  private static Response aroundCall(Interceptor.Chain chain) throws IOException {
    DeliveryTracker progress = DeliveryTracker.of(chain.call());
    if (!progress.begin()) {
      throw new IOException("ended before its turn");
    }
    int longestRead = progress.longestReadMillis();
    Interceptor.Chain limited =
        longestRead == 0 ? chain : chain.withReadTimeout(longestRead, TimeUnit.MILLISECONDS);
    while (true) {
      try {
        Response response = limited.proceed(chain.request());
        return withCode(progress.status(), response);
      } catch (DeadConnection nothingWritten) {
        // that one is gone from the pool: on with another, at last with a new one
      }
    }
  }

  private static Response aroundNetwork(Interceptor.Chain chain) throws IOException {
    DeliveryTracker progress = DeliveryTracker.of(chain.call());
    Connection connection = chain.connection();
    if (connection != null) {
      if (progress.isOnNewConnection()) {
        connection.socket().setTcpNoDelay(true); // not every socket is one of ours
      } else if (isDead(connection)) {
        throw new DeadConnection();
      }
    }
    try {
      Response response = chain.proceed(chain.request());
      progress.answered(response.code());
      return response.isSuccessful() ? response : withCode(OK, response);
    } catch (IOException e) {
      if (isGoingAway(e)) {
        progress.refusedUnseen();
      }
      throw e;
    }
  }

  private static Response withCode(int code, Response response) {
    return response.code() == code ? response : response.newBuilder().code(code).build();
  }

  /**
   * Returns whether an HTTP/2 server said that it did not look at the request, or had ended the
   * connection before it was written. OkHttp has types for both, but keeps them to itself.
   */
  private static boolean isGoingAway(IOException e) {
    return "stream was reset: REFUSED_STREAM".equals(e.getMessage())
        || e.getClass().getSimpleName().equals("ConnectionShutdownException");
  }

  /**
   * Asks an idle connection whether the far side has closed it, as apps do when they are started
   * again. After the request was written it could not be told from an app that failed.
   */
  private static boolean isDead(Connection connection) throws ClosedByInterruptException {
    Socket socket = connection.socket();
    SocketChannel channel = socket.getChannel();
    if (channel == null || WATCHED.contains(connection.protocol())) {
      return false; // TLS: there is a layer above the channel; OkHttp asks after 10 s of idleness
    }
    try {
      channel.configureBlocking(false);
      int read = channel.read(UNWANTED.duplicate());
      channel.configureBlocking(true);
      return read != 0; // its end, or a byte that belongs to no answer
    } catch (ClosedByInterruptException interrupted) {
      throw interrupted;
    } catch (IOException broken) {
      return true;
    }
  }

  private static final class DeadConnection extends IOException {
    private static final long serialVersionUID = 1L;
  }
}

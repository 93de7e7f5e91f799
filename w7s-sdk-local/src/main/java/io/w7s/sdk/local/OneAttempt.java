package io.w7s.sdk.local;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * Makes an OkHttp call one attempt: not on a connection that is known to be dead, and never sent
 * again. By itself OkHttp repeats or refuses some answers, such as 503 with {@code retry-after: 0}
 * and 407; it gets to see 200 for all of them.
 */
final class OneAttempt {

  private static final int OK = 200;

  private final BooleanSupplier closed;

  private OneAttempt(BooleanSupplier closed) {
    this.closed = closed;
  }

  /** Adds to a client what it takes. Calls made after {@code closed} is true fail. */
  static void addTo(OkHttpClient.Builder client, BooleanSupplier closed) {
    var attempt = new OneAttempt(closed);
    client.addInterceptor(attempt::aroundCall).addNetworkInterceptor(attempt::beforeWriting);
  }

  private Response aroundCall(Interceptor.Chain chain) throws IOException {
    while (true) {
      // asked here and not before the call, where close() would not yet know of it
      if (closed.getAsBoolean()) {
        throw new IOException("closed");
      }
      try {
        Response response = chain.proceed(chain.request());
        return response.newBuilder().code(Progress.of(chain.request()).status()).build();
      } catch (DeadConnection nothingWritten) {
        // that one is gone from the pool: on with another, at last with a new one
      }
    }
  }

  private Response beforeWriting(Interceptor.Chain chain) throws IOException {
    Progress progress = Progress.of(chain.request());
    Connection connection = chain.connection();
    if (connection != null && !progress.isOnNewConnection() && isDead(connection.socket())) {
      throw new DeadConnection();
    }
    Response response = chain.proceed(chain.request());
    progress.answered(response.code());
    return response.newBuilder().code(OK).build();
  }

  /**
   * Asks an idle connection whether the far side has closed it, as apps do when they are started
   * again. After the request was written it could not be told from an app that failed.
   */
  private static boolean isDead(Socket socket) throws ClosedByInterruptException {
    SocketChannel channel = socket.getChannel();
    if (channel == null) {
      return false; // TLS: there is a layer above the channel
    }
    try {
      channel.configureBlocking(false);
      int read = channel.read(ByteBuffer.allocate(1));
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

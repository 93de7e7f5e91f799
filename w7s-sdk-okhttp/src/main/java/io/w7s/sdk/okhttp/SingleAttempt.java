package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import okhttp3.Authenticator;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Makes an OkHttp call exactly one request, and its response exactly what the server sent.
 *
 * <p>Settings turn off most of what OkHttp does beyond that. Whatever its settings are, OkHttp acts
 * on three statuses, so these are hidden from it. Decision record 13 says why there is no other
 * way.
 */
final class SingleAttempt {

  /**
   * Without a proxy, OkHttp takes a 407 for a protocol error. It repeats a request after a 421 on a
   * connection that two hosts share, and after a 503 with {@code retry-after: 0}.
   */
  private static final Set<Integer> HIDDEN_STATUSES = Set.of(407, 421, 503);

  /** A status that OkHttp hands on without a further look. */
  private static final int SHOWN_STATUS = 500;

  /** Up to 18 digits, which is more bytes than there are and still a {@code long}. */
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private static final int FIRST_FINAL_STATUS = 200;
  private static final int NO_CONTENT = 204;
  private static final int RESET_CONTENT = 205;
  private static final int NOT_MODIFIED = 304;

  private SingleAttempt() {}

  /**
   * Changes a client so that its calls are single attempts. The interceptors stand between those of
   * the client and OkHttp's own, so the client's interceptors see every response as it is.
   */
  static void configure(OkHttpClient.Builder client) {
    client
        .retryOnConnectionFailure(false) // nor after a 408
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE) // no second request after a 401
        .addInterceptor(EmptyOrGzip::intercept)
        .addInterceptor(SingleAttempt::aroundCall);
    client.networkInterceptors().add(0, SingleAttempt::aroundNetwork);
  }

  private static Response aroundCall(Interceptor.Chain chain) throws IOException {
    DeliveryTracker tracker = DeliveryTracker.of(chain.call());
    if (!tracker.begin()) {
      throw new IOException("ended before its turn");
    }
    try {
      Response response = onLiveConnection(chain, tracker.readTimeoutMillis());
      return withStatus(tracker.hiddenStatus(), response);
    } catch (IOException e) {
      Response head = tracker.head();
      if (head == null || !endsBeforeItsLength(head) || chain.call().isCanceled()) {
        throw e;
      }
      return withoutBody(head);
    } catch (Exception e) { // OkHttp throws any kind, also checked ones
      throw asIoException(e);
    }
  }

  private static Response onLiveConnection(Interceptor.Chain chain, int readTimeoutMillis)
      throws IOException {
    Interceptor.Chain limited =
        readTimeoutMillis == 0
            ? chain
            : chain.withReadTimeout(readTimeoutMillis, TimeUnit.MILLISECONDS);
    while (true) {
      try {
        return limited.proceed(chain.request());
      } catch (UsedUpConnection nothingWritten) {
        // it is gone from the pool; the next one is another pooled one or new
      }
    }
  }

  /** The pooled connection cannot be used. Nothing was written to it. */
  private static final class UsedUpConnection extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Returns whether OkHttp refuses a response, though it is whole: with these statuses a response
   * ends after its head, whatever length it gives.
   */
  private static boolean endsBeforeItsLength(Response head) {
    return (head.code() == NO_CONTENT || head.code() == RESET_CONTENT)
        && head.header("content-length") != null;
  }

  /** A server can make OkHttp throw nearly anything, by a length or a status below zero. */
  private static IOException asIoException(Exception thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return (IOException) new InterruptedIOException("interrupted").initCause(thrown);
    }
    return new IOException("OkHttp threw " + thrown, thrown);
  }

  private static Response aroundNetwork(Interceptor.Chain chain) throws IOException {
    DeliveryTracker tracker = DeliveryTracker.of(chain.call());
    var guard = new ConnectionGuard(chain.connection());
    if (tracker.isOnNewConnection()) {
      guard.sendWithoutDelay();
    } else if (guard.isUsedUp()) {
      throw new UsedUpConnection();
    }
    guard.beforeRequest();
    Response response = chain.proceed(chain.request());
    try {
      checkHead(response);
      guard.afterHead(response);
    } catch (ProtocolException e) {
      guard.giveUp();
      throw e;
    }
    if (endsAtHead(response)) {
      guard.endAtHead(response);
      return withoutBody(response);
    }
    if (HIDDEN_STATUSES.contains(response.code())) {
      tracker.hideStatus(response.code());
      return withStatus(SHOWN_STATUS, response);
    }
    return response;
  }

  /** Returns whether a response ends with its head, whatever length it gives. */
  private static boolean endsAtHead(Response response) {
    return response.code() == NO_CONTENT
        || response.code() == NOT_MODIFIED
        || response.request().method().equals("HEAD");
  }

  /** OkHttp takes a length below zero or beyond all bounds for something else, or throws at it. */
  private static void checkHead(Response response) throws ProtocolException {
    if (response.code() < FIRST_FINAL_STATUS) {
      throw new ProtocolException("the server responded with status " + response.code());
    }
    for (String coding : response.headers("transfer-encoding")) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new ProtocolException("unknown transfer-encoding: " + coding);
      }
    }
    if (endsAtHead(response)) {
      return;
    }
    List<String> lengths = response.headers("content-length");
    for (String length : lengths) {
      if (!LENGTH.matcher(length).matches() || !length.equals(lengths.get(0))) {
        throw new ProtocolException("invalid content-length: " + String.join(", ", lengths));
      }
    }
  }

  private static Response withStatus(int status, Response response) {
    return status == 0 || response.code() == status
        ? response
        : response.newBuilder().code(status).build();
  }

  private static Response withoutBody(Response response) {
    return response.newBuilder().body(ResponseBody.EMPTY).build();
  }
}

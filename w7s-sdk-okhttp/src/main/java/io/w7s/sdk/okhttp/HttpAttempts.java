package io.w7s.sdk.okhttp;

import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** Sends a request once, and says what came of it. Thread-safe. */
public final class HttpAttempts implements AutoCloseable {

  /** How many async attempts of a client of our own run at a time; others wait for their turn. */
  private static final int MOST_ASYNC = 1024;

  /** As many as can be in use at a time by async attempts, so that none is closed for another. */
  private static final int MOST_IDLE_CONNECTIONS = MOST_ASYNC;

  /** Without it an HTTP/2 connection that silently died would swallow one call after the other. */
  private static final Duration PING = Duration.ofSeconds(10);

  private static final Duration THREAD_IDLE = Duration.ofSeconds(60);

  private final OkHttpClient client;
  private final boolean owned;
  private final TimeSource time;
  private final int mostBodyBytes;
  private final Set<Attempt<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private HttpAttempts(OkHttpClient base, boolean owned, TimeSource time, int mostBodyBytes) {
    this.owned = owned;
    this.time = time;
    this.mostBodyBytes = mostBodyBytes;
    OkHttpClient.Builder builder =
        base.newBuilder()
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(Duration.ZERO) // the time for the whole attempt includes all three
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .callTimeout(Duration.ZERO) // Deadline does it
            .cache(null)
            .cookieJar(CookieJar.NO_COOKIES);
    if (base.pingIntervalMillis() == 0) {
      builder.pingInterval(PING);
    }
    if (base.socketFactory() == SocketFactory.getDefault()) {
      builder.socketFactory(InterruptibleSockets.INSTANCE);
    }
    SingleAttempt.addTo(builder);
    this.client = builder.build();
  }

  /**
   * Returns attempts over a client of their own.
   *
   * @param threads what the names of its threads begin with
   * @param longestIdle how long a connection that nobody uses is kept
   * @param changes what else is special to the client
   * @param time what measures attempts for the log
   * @param mostBodyBytes the most that is read of an answer's body
   */
  public static HttpAttempts ofOwnClient(
      String threads,
      Duration longestIdle,
      UnaryOperator<OkHttpClient.Builder> changes,
      TimeSource time,
      int mostBodyBytes) {
    var dispatcher = new Dispatcher(asyncThreads(threads));
    dispatcher.setMaxRequests(MOST_ASYNC);
    dispatcher.setMaxRequestsPerHost(MOST_ASYNC);
    var pool =
        new ConnectionPool(MOST_IDLE_CONNECTIONS, longestIdle.toMillis(), TimeUnit.MILLISECONDS);
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(pool)
            .fastFallback(false); // it would connect on threads of its own
    return new HttpAttempts(changes.apply(builder).build(), true, time, mostBodyBytes);
  }

  /**
   * Returns attempts over somebody else's client, which stays open and as it is. Its proxy, TLS,
   * DNS, pool, dispatcher, interceptors and event listeners are used; its cache, cookies, redirects
   * and timeouts are not.
   */
  public static HttpAttempts over(OkHttpClient client, TimeSource time, int mostBodyBytes) {
    return new HttpAttempts(client, false, time, mostBodyBytes);
  }

  private static ExecutorService asyncThreads(String name) {
    var number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE, // the dispatcher hands over no more than it may
        THREAD_IDLE.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          var thread = new Thread(task, name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Returns whether it was closed, so that nothing is sent any more. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns the answer to a call that was not even begun. */
  public static <R> Outcome<R> closedBefore() {
    return new NoResponse<>(Failure.CLOSED, false, "this W7s is closed", null);
  }

  /**
   * Makes an attempt on the caller's thread. When the thread is interrupted the attempt ends at
   * once.
   */
  public <R> Outcome<R> execute(Exchange<R> exchange, Duration timeout) {
    var attempt = new Attempt<>(this, exchange, timeout, () -> {});
    return make(attempt, attempt::readWhole, failed -> failed);
  }

  /**
   * Makes an attempt on the caller's thread, whose answer the caller reads and closes. The
   * exchange's reader is asked where the status is not 2xx; any other answer is the far side's own.
   */
  public Outcome<RpcStream> stream(Exchange<RawResponse> exchange, Duration timeout) {
    var attempt = new Attempt<>(this, exchange, timeout, () -> {});
    attempt.limitReads();
    return make(
        attempt,
        response ->
            response.isSuccessful()
                ? attempt.leaveOpen(response)
                : attempt.readWhole(response).map(RawResponse::asStream),
        failed -> failed.map(RawResponse::asStream));
  }

  /** Takes an answer in, closes it and finishes the attempt, at once or when its reader does. */
  private interface Reading<S> {
    Outcome<S> of(Response response) throws IOException;
  }

  private static <R, S> Outcome<S> make(
      Attempt<R> attempt, Reading<S> reading, Function<Outcome<R>, Outcome<S>> failure) {
    if (Thread.currentThread().isInterrupted()) {
      return failure.apply(attempt.failed(new InterruptedIOException("interrupted")));
    }
    attempt.begin();
    try {
      return reading.of(attempt.call().execute());
    } catch (IOException e) {
      attempt.finish();
      return failure.apply(attempt.failed(e));
    } catch (RuntimeException | Error defect) {
      attempt.finish();
      throw defect;
    }
  }

  /** Makes an attempt on a thread of the client. Cancelling the future ends it. */
  public <R> CompletableFuture<Outcome<R>> executeAsync(Exchange<R> exchange, Duration timeout) {
    var async = new AsyncAttempt<>(this, exchange, timeout);
    async.begin();
    return async.result();
  }

  OkHttpClient client() {
    return client;
  }

  TimeSource time() {
    return time;
  }

  int mostBodyBytes() {
    return mostBodyBytes;
  }

  /** Takes an attempt in, to be ended when this is closed. */
  void begun(Attempt<?> attempt) {
    underWay.add(attempt);
    if (closed) {
      attempt.end();
    }
  }

  void finished(Attempt<?> attempt) {
    underWay.remove(attempt);
  }

  @Override
  public void close() {
    closed = true;
    underWay.forEach(Attempt::end);
    if (owned) {
      client.connectionPool().evictAll();
      client.dispatcher().executorService().shutdown();
    }
  }
}

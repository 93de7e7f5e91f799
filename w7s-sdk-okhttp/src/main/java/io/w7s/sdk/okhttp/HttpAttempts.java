package io.w7s.sdk.okhttp;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.CodeSource;
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
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.OkHttp;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a request once and reports the outcome. Thread-safe. */
public final class HttpAttempts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpAttempts.class);

  /** How many async attempts run at a time on a client of the SDK's own; further ones wait. */
  private static final int MAX_ASYNC = 1024;

  /** As many as async attempts can use at a time, so that none is closed to make room. */
  private static final int MAX_IDLE_CONNECTIONS = MAX_ASYNC;

  /**
   * Without pings, an HTTP/2 connection that silently died would swallow one call after another.
   */
  private static final Duration PING = Duration.ofSeconds(10);

  private static final Duration THREAD_IDLE = Duration.ofSeconds(60);

  private final OkHttpClient client;
  private final boolean owned;
  private final TimeSource time;
  private final int maxResponseBytes;
  private final Set<Attempt<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private HttpAttempts(OkHttpClient base, boolean owned, TimeSource time, int maxResponseBytes) {
    this.owned = owned;
    this.time = time;
    this.maxResponseBytes = maxResponseBytes;
    this.client = configured(base);
  }

  private static OkHttpClient configured(OkHttpClient base) {
    OkHttpClient.Builder builder =
        base.newBuilder()
            .connectTimeout(Duration.ZERO) // Deadline limits the attempt as a whole
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .callTimeout(Duration.ZERO)
            .fastFallback(true) // an address that does not respond costs 250 ms, not the attempt
            .cache(null)
            .cookieJar(CookieJar.NO_COOKIES);
    if (base.pingIntervalMillis() == 0) {
      builder.pingInterval(PING);
    }
    if (base.socketFactory() == SocketFactory.getDefault()) {
      useChannels(base, builder);
    }
    SingleAttempt.configure(builder);
    return builder.build();
  }

  private static void useChannels(OkHttpClient base, OkHttpClient.Builder builder) {
    builder.socketFactory(ChannelSockets.INSTANCE);
    X509TrustManager trust = base.x509TrustManager();
    if (trust != null) { // null for a client without TLS
      builder.sslSocketFactory(new ChannelTls(base.sslSocketFactory()), trust);
    }
  }

  /**
   * Returns attempts over a client of their own.
   *
   * @param threads the beginning of its threads' names
   * @param longestIdle how long an idle connection is kept
   * @param changes changes the client further
   * @param time measures attempts for the log
   * @param maxResponseBytes the most that is kept of a response's body
   */
  public static HttpAttempts ofOwnClient(
      String threads,
      Duration longestIdle,
      UnaryOperator<OkHttpClient.Builder> changes,
      TimeSource time,
      int maxResponseBytes) {
    try {
      OkHttpClient client = changes.apply(ownClient(threads, longestIdle)).build();
      return new HttpAttempts(client, true, time, maxResponseBytes);
    } catch (LinkageError otherOkHttp) {
      throw otherOkHttp(otherOkHttp);
    }
  }

  private static OkHttpClient.Builder ownClient(String threads, Duration longestIdle) {
    var dispatcher = new Dispatcher(asyncThreads(threads));
    dispatcher.setMaxRequests(MAX_ASYNC);
    dispatcher.setMaxRequestsPerHost(MAX_ASYNC);
    var pool =
        new ConnectionPool(MAX_IDLE_CONNECTIONS, longestIdle.toMillis(), TimeUnit.MILLISECONDS);
    return new OkHttpClient.Builder().dispatcher(dispatcher).connectionPool(pool);
  }

  /**
   * Returns attempts over a client of the caller's, which stays open and unchanged. Its proxy, TLS,
   * DNS, pool, dispatcher, interceptors and event listeners are used; its cache, cookies,
   * redirects, authenticator, timeouts and setting for fast fallback are not.
   *
   * @param time measures attempts for the log
   * @param maxResponseBytes the most that is kept of a response's body
   */
  public static HttpAttempts over(OkHttpClient client, TimeSource time, int maxResponseBytes) {
    try {
      return new HttpAttempts(client, false, time, maxResponseBytes);
    } catch (LinkageError otherOkHttp) {
      throw otherOkHttp(otherOkHttp);
    }
  }

  /** Another library can bring an OkHttp that lacks what the SDK calls. */
  private static ConfigurationException otherOkHttp(LinkageError cause) {
    CodeSource source = OkHttpClient.class.getProtectionDomain().getCodeSource();
    return new ConfigurationException(
        "The SDK needs OkHttp "
            + OkHttp.VERSION
            + ", but another one is used: "
            + (source == null ? "its origin is not known" : source.getLocation())
            + ". Set both com.squareup.okhttp3:okhttp and com.squareup.okhttp3:okhttp-jvm to that"
            + " version, or import io.w7s:w7s-sdk-bom, which does so.",
        cause);
  }

  private static ExecutorService asyncThreads(String name) {
    var number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE, // the dispatcher limits them
        THREAD_IDLE.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          var thread = new Thread(task, name + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Returns whether {@link #close()} was called; then nothing is sent any more. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns the outcome of an attempt after {@link #close()}. */
  public static <R> Outcome<R> closedBefore() {
    return new NoResponse<>(Failure.CLOSED, false, "this W7s is closed", null);
  }

  /**
   * Makes an attempt on the caller's thread. Interrupting the thread ends the attempt at once.
   *
   * @param timeout the most that the attempt may take, from the address lookup to the last byte
   */
  public <R> Outcome<R> execute(Exchange<R> exchange, Duration timeout) {
    var attempt = new Attempt<>(this, exchange, timeout, () -> {});
    return make(attempt, attempt::readWhole, failed -> failed);
  }

  /**
   * Makes an attempt on the caller's thread, as {@link #execute} does, but leaves the body of a 2xx
   * response to the caller, who closes it. The exchange's reader is asked about other statuses
   * only.
   *
   * @param timeout the most that the attempt may take until the head of the response is read, and
   *     each read of the body after that
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

  /** Reads a response, closes it and finishes the attempt, at once or when the caller has read. */
  private interface ResponseReader<S> {
    Outcome<S> read(Response response) throws IOException;
  }

  private static <R, S> Outcome<S> make(
      Attempt<R> attempt, ResponseReader<S> reader, Function<Outcome<R>, Outcome<S>> onFailure) {
    if (Thread.currentThread().isInterrupted()) {
      return onFailure.apply(attempt.failed(new InterruptedIOException("interrupted")));
    }
    try {
      attempt.begin();
      return reader.read(attempt.call().execute());
    } catch (IOException e) {
      attempt.finish();
      return onFailure.apply(attempt.failed(e));
    } catch (RuntimeException | Error defect) {
      attempt.finish();
      throw defect;
    }
  }

  /**
   * Makes an attempt on a thread of the client. The future always completes; cancelling it ends the
   * attempt.
   *
   * @param timeout the most that the attempt may take, the wait for a thread included
   */
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

  int maxResponseBytes() {
    return maxResponseBytes;
  }

  /** Registers an attempt that {@link #close()} ends. */
  void begun(Attempt<?> attempt) {
    underWay.add(attempt);
    if (closed) {
      attempt.end();
    }
  }

  void finished(Attempt<?> attempt) {
    underWay.remove(attempt);
  }

  /** Ends the attempts under way. A client of the SDK's own is closed, too. */
  @Override
  public void close() {
    closed = true;
    try {
      underWay.forEach(HttpAttempts::end);
    } finally {
      if (owned) {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
      }
    }
  }

  /**
   * One attempt that cannot be ended, by a listener of the client's owner, must not save others.
   */
  private static void end(Attempt<?> attempt) {
    try {
      attempt.end();
    } catch (RuntimeException e) {
      log.warn("ending an attempt on close failed", e);
    }
  }
}

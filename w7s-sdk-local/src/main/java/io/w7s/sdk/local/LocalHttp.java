package io.w7s.sdk.local;

import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Answer.Failure;
import io.w7s.sdk.spi.Answer.NoAnswer;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Sends a request once, and says what came of it. Thread-safe. */
final class LocalHttp implements AutoCloseable {

  static final int MOST_BODY_BYTES = 10 * 1024 * 1024;

  private static final int MOST_ASYNC_CALLS = 1024;
  private static final int MOST_IDLE_CONNECTIONS = 64;

  /** Less than the 5 s after which a Node.js server, such as w7s-local, closes an idle one. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(4);

  private static final Duration THREAD_IDLE = Duration.ofSeconds(60);

  private final ExecutorService threads = asyncThreads();
  private final OkHttpClient client = client(threads);
  private volatile boolean closed;

  private OkHttpClient client(ExecutorService threads) {
    var dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(MOST_ASYNC_CALLS);
    dispatcher.setMaxRequestsPerHost(MOST_ASYNC_CALLS);
    var builder =
        new OkHttpClient.Builder()
            .socketFactory(new InterruptibleSockets())
            .connectionPool(
                new ConnectionPool(
                    MOST_IDLE_CONNECTIONS, LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS))
            .dispatcher(dispatcher)
            .protocols(List.of(Protocol.HTTP_1_1))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .fastFallback(false) // it would connect on threads of its own
            .connectTimeout(Duration.ZERO) // the time for the whole attempt includes all three
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .eventListenerFactory(call -> Progress.of(call.request()));
    OneAttempt.addTo(builder, () -> closed);
    return builder.build();
  }

  private static ExecutorService asyncThreads() {
    var number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE, // the dispatcher hands over no more than it may
        THREAD_IDLE.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          var thread = new Thread(task, "w7s-local-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  boolean isClosed() {
    return closed;
  }

  /** The answer to a call that was not even begun. */
  static <R> Answer<R> closedBefore() {
    return new NoAnswer<>(Failure.CLOSED, false, "this W7s is closed", null);
  }

  <R> Answer<R> execute(Step.Request<R> request, Duration timeout) {
    var attempt = new Attempt<>(request, timeout);
    if (Thread.currentThread().isInterrupted()) {
      return attempt.failed(new InterruptedIOException("interrupted"));
    }
    try (Response response = attempt.call.execute()) {
      return attempt.answered(response);
    } catch (IOException e) {
      return attempt.failed(e);
    } catch (RuntimeException defect) {
      request.unanswered().run();
      throw defect;
    }
  }

  <R> CompletableFuture<Answer<R>> executeAsync(Step.Request<R> request, Duration timeout) {
    var attempt = new Attempt<>(request, timeout);
    var result = new CompletableFuture<Answer<R>>();
    attempt.call.enqueue(
        new Callback() {
          @Override
          public void onResponse(Call call, Response response) {
            try (response) {
              result.complete(attempt.answered(response));
            } catch (IOException e) {
              result.complete(attempt.failed(e));
            } catch (RuntimeException defect) {
              request.unanswered().run();
              result.completeExceptionally(defect);
            }
          }

          @Override
          public void onFailure(Call call, IOException e) {
            result.complete(attempt.failed(e));
          }
        });
    result.whenComplete(
        (answer, cancelled) -> {
          if (result.isCancelled()) {
            attempt.call.cancel();
          }
        });
    return result;
  }

  @Override
  public void close() {
    closed = true;
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
    threads.shutdown();
  }

  private final class Attempt<R> {

    private final Step.Request<R> request;
    private final Duration timeout;
    private final Progress progress = new Progress();
    private final Call call;

    Attempt(Step.Request<R> request, Duration timeout) {
      this.request = request;
      this.timeout = timeout;
      this.call = client.newCall(request.http().newBuilder().tag(Progress.class, progress).build());
      call.timeout().timeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    }

    Answer<R> answered(Response response) throws IOException {
      byte @Nullable [] body = body(response);
      if (body == null) {
        return broken("answered with more than " + MOST_BODY_BYTES + " bytes", null);
      }
      Headers headers;
      try {
        headers = Headers.copyOf(response.headers().toMultimap());
      } catch (InvalidInputException notHttp) {
        return broken("answered with a header that is not HTTP", notHttp);
      }
      return request.reader().apply(new RpcAnswer(response.code(), headers, body));
    }

    /** Returns the whole body; null when it is too large. */
    private byte @Nullable [] body(Response response) throws IOException {
      if (response.body().contentLength() > MOST_BODY_BYTES) {
        return null;
      }
      byte[] body = response.body().byteStream().readNBytes(MOST_BODY_BYTES + 1);
      return body.length > MOST_BODY_BYTES ? null : body;
    }

    Answer<R> failed(IOException e) {
      if (closed) {
        return noAnswer(Failure.CLOSED, "this W7s was closed during a call to " + where(), e);
      }
      if (Thread.currentThread().isInterrupted()) {
        return noAnswer(Failure.INTERRUPTED, "interrupted during a call to " + where(), e);
      }
      if (e instanceof InterruptedIOException) {
        String what = progress.mayHaveBeenDelivered() ? " did not answer" : " is not reachable";
        return noAnswer(
            Failure.TIMED_OUT,
            where() + what + " within " + timeout + (progress.mayHaveBeenDelivered() ? "" : hint()),
            e);
      }
      String reason = Excerpt.of(e.getMessage() == null ? e.toString() : e.getMessage());
      return progress.mayHaveBeenDelivered()
          ? broken("broke off: " + reason, e)
          : noAnswer(Failure.BROKEN, where() + " is not reachable (" + reason + ")" + hint(), e);
    }

    private Answer<R> broken(String what, @Nullable Exception cause) {
      return noAnswer(Failure.BROKEN, where() + " " + what, cause);
    }

    private Answer<R> noAnswer(Failure failure, String message, @Nullable Exception cause) {
      request.unanswered().run();
      return new NoAnswer<>(failure, progress.mayHaveBeenDelivered(), message, cause);
    }

    private String where() {
      return LocalUrls.shown(request.app(), request.http().url());
    }

    private String hint() {
      return ": start it there, or set " + W7sConfig.localUrlSetting(request.app());
    }
  }
}

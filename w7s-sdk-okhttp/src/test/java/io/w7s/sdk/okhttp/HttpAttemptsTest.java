package io.w7s.sdk.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts over a client that belongs to somebody else. */
@Timeout(60)
class HttpAttemptsTest {

  private static final int MOST = 1024;
  private static final Duration LONG = Duration.ofMinutes(10);

  private static Exchange<RawResponse> get(URI url) {
    var call =
        new RpcCall(AppId.parse("acme/worker"), "GET", "/x", "/x", "", Headers.none(), null, false);
    return new Exchange<>(
        call, new Request.Builder().url(url.toString()).build(), "acme/worker", Outcome::success);
  }

  private static OkHttpClient.Builder oneAtATime() {
    var dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(1);
    return new OkHttpClient.Builder().dispatcher(dispatcher);
  }

  private static void closeTheirs(OkHttpClient client) {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private static NoResponse<?> none(Outcome<?> answer) {
    assertThat(answer).isInstanceOf(NoResponse.class);
    return (NoResponse<?>) answer;
  }

  private static RawServer stalling(CountDownLatch arrived) {
    return RawServer.serving(
        connection -> {
          connection.request();
          arrived.countDown();
          connection.awaitEnd();
        });
  }

  @Test
  void runsTheCallbackOfAnAttemptThatNeverHadATurnOnAThreadThatMayBlock() throws Exception {
    var arrived = new CountDownLatch(1);
    OkHttpClient theirs = oneAtATime().build();
    try (RawServer server = stalling(arrived);
        HttpAttempts attempts = HttpAttempts.over(theirs, TimeSource.system(), MOST)) {
      attempts.executeAsync(get(server.url("/first")), LONG);
      arrived.await();

      String thread =
          attempts
              .executeAsync(get(server.url("/second")), Duration.ofMillis(100))
              .thenApply(outcome -> Thread.currentThread().getName())
              .get();

      assertThat(thread).startsWith("w7s-async-");
    } finally {
      closeTheirs(theirs);
    }
  }

  @Test
  void theTimeOfAnAsyncAttemptIncludesTheWaitForItsTurn() throws Exception {
    var arrived = new CountDownLatch(1);
    OkHttpClient theirs = oneAtATime().build();
    try (RawServer server = stalling(arrived);
        HttpAttempts attempts = HttpAttempts.over(theirs, TimeSource.system(), MOST)) {
      attempts.executeAsync(get(server.url("/first")), LONG);
      arrived.await();

      NoResponse<?> answer =
          none(attempts.executeAsync(get(server.url("/second")), Duration.ofMillis(100)).get());

      assertThat(answer.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(answer.mayHaveBeenDelivered()).isFalse();
      assertThat(server.requests()).hasSize(1);
    } finally {
      closeTheirs(theirs);
    }
  }

  @Test
  void closeEndsTheAttemptsThatWaitForTheirTurnAndNobodyElsesCalls() throws Exception {
    var arrived = new CountDownLatch(1);
    OkHttpClient theirs = oneAtATime().build();
    try (RawServer server = stalling(arrived);
        HttpAttempts others = HttpAttempts.over(theirs, TimeSource.system(), MOST);
        HttpAttempts attempts = HttpAttempts.over(theirs, TimeSource.system(), MOST)) {
      var other = others.executeAsync(get(server.url("/other")), LONG);
      arrived.await();
      var waiting = attempts.executeAsync(get(server.url("/waiting")), LONG);

      attempts.close();

      assertThat(none(waiting.get()).failure()).isEqualTo(Failure.CLOSED);
      assertThat(none(waiting.get()).mayHaveBeenDelivered()).isFalse();
      assertThat(other).isNotDone();
      assertThat(theirs.dispatcher().executorService().isShutdown()).isFalse();
    } finally {
      closeTheirs(theirs);
    }
  }

  @Test
  void theirInterceptorsSeeTheTrueStatus() throws Exception {
    List<Integer> seen = new CopyOnWriteArrayList<>();
    Interceptor observer =
        chain -> {
          okhttp3.Response response = chain.proceed(chain.request());
          seen.add(response.code());
          return response;
        };
    OkHttpClient theirs =
        new OkHttpClient.Builder().addInterceptor(observer).addNetworkInterceptor(observer).build();
    try (RawServer server =
            RawServer.answering("HTTP/1.1 503 x\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n");
        HttpAttempts attempts = HttpAttempts.over(theirs, TimeSource.system(), MOST)) {
      Outcome<RawResponse> answer = attempts.execute(get(server.url("/x")), LONG);

      assertThat(((Outcome.Success<RawResponse>) answer).result().status()).isEqualTo(503);
      assertThat(seen).containsExactly(503, 503);
      assertThat(server.requests()).hasSize(1);
    } finally {
      closeTheirs(theirs);
    }
  }
}

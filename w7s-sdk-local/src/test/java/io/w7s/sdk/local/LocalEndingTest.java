package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.get;
import static io.w7s.sdk.local.Calls.post;
import static io.w7s.sdk.local.LocalFailureTest.none;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attempts that end early: by timeout, by the caller, or because the transport is closed. */
@Timeout(60)
class LocalEndingTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  @ParameterizedTest
  @EnumSource
  void endsAnAttemptAtItsTimeout(CallStyle style) throws Exception {
    try (RawServer worker = RawServer.serving(stalling());
        Transport transport = Calls.transport(worker.url("/worker"))) {
      style.make(transport, get("/x"), Duration.ofMillis(1)); // loads classes
      Duration timeout = Duration.ofSeconds(1);

      long start = System.nanoTime();
      NoResponse<?> outcome = none(style.make(transport, post("/x", "{}"), timeout));
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(outcome.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      assertThat(outcome.message()).contains(worker.url("/worker/x").toString()).contains("PT1S");
      // the upper bound leaves room for a busy machine
      assertThat(took).isBetween(timeout, timeout.multipliedBy(2));
    }
  }

  @Test
  void timeoutIncludesTheResponseBody() throws Exception {
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                  connection.awaitEnd();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoResponse<?> outcome =
          none(CallStyle.BLOCKING.make(transport, post("/x", "{}"), Duration.ofMillis(200)));

      assertThat(outcome.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
    }
  }

  @Test
  void endsABlockingAttemptAtAnInterrupt() throws Exception {
    var arrived = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  arrived.countDown();
                  connection.awaitEnd();
                  ended.countDown();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var flagStillSet = new CompletableFuture<Boolean>();
      var call =
          new FutureTask<>(
              () -> {
                Outcome<RawResponse> outcome =
                    CallStyle.BLOCKING.make(transport, post("/x", "{}"), LONG);
                long at = System.nanoTime();
                flagStillSet.complete(Thread.currentThread().isInterrupted());
                return new Timed(outcome, at);
              });
      var thread = new Thread(call);
      thread.start();
      arrived.await();
      awaitSystemCall(thread);

      long start = System.nanoTime();
      thread.interrupt();
      Timed timed = call.get();

      NoResponse<?> outcome = none(timed.outcome());
      assertThat(outcome.failure()).isEqualTo(Failure.INTERRUPTED);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      assertThat(flagStillSet.join()).isTrue();
      assertThat(Duration.ofNanos(timed.at() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** After the request is sent, the only system call of the thread is the read. */
  private static void awaitSystemCall(Thread thread) {
    StackTraceElement[] stack;
    do {
      stack = thread.getStackTrace();
    } while (stack.length == 0 || !stack[0].isNativeMethod());
  }

  private record Timed(Outcome<RawResponse> outcome, long at) {}

  @Test
  void sendsNothingOnAnInterruptedThread() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Thread.currentThread().interrupt();
      NoResponse<?> outcome = none(CallStyle.BLOCKING.make(transport, post("/x", "{}")));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcome.failure()).isEqualTo(Failure.INTERRUPTED);
      assertThat(outcome.mayHaveBeenDelivered()).isFalse();
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void cancellingClosesTheConnection() throws Exception {
    var arrived = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  arrived.countDown();
                  connection.awaitEnd();
                  ended.countDown();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var future = transport.executeAsync(post("/x", "{}"), new CallContext(1, LONG));
      arrived.await();

      future.cancel(true);

      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(future).isCancelled();
    }
  }

  @Test
  void closeEndsCallsAndLeavesNoThread() throws Exception {
    var arrived = new CountDownLatch(2);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  arrived.countDown();
                  connection.awaitEnd();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var async = transport.executeAsync(post("/x", "{}"), new CallContext(1, LONG));
      var blocking =
          new FutureTask<>(() -> CallStyle.BLOCKING.make(transport, post("/x", "{}"), LONG));
      new Thread(blocking).start();
      arrived.await();

      transport.close();
      transport.close();

      for (NoResponse<?> outcome : List.of(none(async.get()), none(blocking.get()))) {
        assertThat(outcome.failure()).isEqualTo(Failure.CLOSED);
        assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      }
      for (CallStyle style : CallStyle.values()) {
        NoResponse<?> outcome = none(style.make(transport, post("/x", "{}")));
        assertThat(outcome.failure()).isEqualTo(Failure.CLOSED);
        assertThat(outcome.mayHaveBeenDelivered()).isFalse();
      }
      assertThat(worker.requests()).hasSize(2);
      for (Thread thread : threads("w7s-local-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void closeEndsWaitingCalls() throws Exception {
    try (RawServer worker = RawServer.serving(stalling());
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var calls = new ArrayList<CompletableFuture<Outcome<RawResponse>>>();
      for (int i = 0; i < 1100; i++) {
        calls.add(transport.executeAsync(get("/x"), new CallContext(1, LONG)));
      }
      transport.close();

      for (CompletableFuture<Outcome<RawResponse>> call : calls) {
        assertThat(none(call.get()).failure()).isEqualTo(Failure.CLOSED);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotReuseAConnectionThatTheAppClosed(CallStyle style) throws Exception {
    var closed = new CountDownLatch(1);
    var first = new AtomicInteger();
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(RawServer.ok("ok"));
                  if (first.incrementAndGet() == 1) {
                    closed.countDown();
                    return; // as an app that is restarted
                  }
                  connection.awaitEnd();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(style.make(transport, post("/x", "{}")));
      closed.await();
      awaitEndOf(worker);

      succeeded(style.make(transport, post("/x", "{}")));

      assertThat(worker.requests()).hasSize(2);
      assertThat(worker.connections()).isEqualTo(2);
    }
  }

  private static void awaitEndOf(RawServer worker) throws InterruptedException {
    while (worker.open() > 0) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void runsAHundredCallsAtTheSameTime(CallStyle style) throws Exception {
    var all = new CountDownLatch(100);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  String path = connection.request().line();
                  all.countDown();
                  try {
                    all.await(); // no response before all requests are there
                  } catch (InterruptedException e) {
                    return;
                  }
                  connection.send(RawServer.ok(path));
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var calls = new ArrayList<CompletableFuture<Outcome<RawResponse>>>();
      for (int i = 0; i < 100; i++) {
        var call = post("/" + i, "{}");
        var result = new CompletableFuture<Outcome<RawResponse>>();
        calls.add(result);
        if (style == CallStyle.ASYNC) {
          transport.executeAsync(call, new CallContext(1, LONG)).thenAccept(result::complete);
        } else {
          new Thread(() -> result.complete(style.make(transport, call, LONG))).start();
        }
      }
      for (int i = 0; i < 100; i++) {
        assertThat(Calls.text(succeeded(calls.get(i).get()).body()))
            .isEqualTo("POST /worker/" + i + " HTTP/1.1");
      }
    }
  }

  private static RawServer.Script stalling() {
    return connection -> {
      connection.request();
      connection.awaitEnd();
    };
  }

  private static List<Thread> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .toList();
  }
}

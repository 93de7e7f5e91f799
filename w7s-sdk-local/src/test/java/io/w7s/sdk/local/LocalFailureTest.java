package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.get;
import static io.w7s.sdk.local.Calls.post;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Answer.Failure;
import io.w7s.sdk.spi.Answer.NoAnswer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.spi.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of an attempt when the far side, the network or the caller does not play along. */
@Timeout(60)
class LocalFailureTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  @ParameterizedTest
  @EnumSource
  void anAppThatIsNotThereGetsNothingAndTheErrorSaysWhatToChange(Way way) {
    URI closed = ClosedPort.url("/worker");
    try (Transport transport = Calls.transport(closed)) {
      for (Operation<?> operation :
          List.of(post("/x", "{}"), Calls.send("{}"), Calls.start("id", "{}"))) {
        NoAnswer<?> answer = none(way.make(transport, operation));

        assertThat(answer.failure()).isEqualTo(Failure.BROKEN);
        assertThat(answer.mayHaveBeenDelivered()).isFalse();
        assertThat(answer.message())
            .startsWith("acme/worker at " + closed)
            .contains("w7s.local.apps.acme/worker")
            .contains("W7S_LOCAL_ACME_WORKER_URL");
        assertThat(answer.cause()).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHostThatIsNotKnownGetsNothing(Way way) {
    // RFC 6761: a name under .invalid never resolves
    try (Transport transport = Calls.transport(URI.create("http://worker.invalid/worker"))) {
      NoAnswer<?> answer = none(way.make(transport, post("/x", "{}")));

      assertThat(answer.failure()).isEqualTo(Failure.BROKEN);
      assertThat(answer.mayHaveBeenDelivered()).isFalse();
      assertThat(answer.message()).contains("worker.invalid").contains("w7s.local.apps");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // others refuse the connection instead
  void aTimeoutWhileConnectingSaysThatNothingWasDelivered() throws Exception {
    // nobody accepts here, and the backlog is full: the next connection gets no answer
    var waiting = new ArrayList<Socket>();
    try (var listener =
            new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Transport transport =
            Calls.transport(URI.create("http://127.0.0.1:" + listener.getLocalPort()))) {
      for (int i = 0; i < 2; i++) {
        waiting.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
      }
      NoAnswer<?> answer =
          none(Way.BLOCKING.make(transport, post("/x", "{}"), Duration.ofMillis(200)));

      assertThat(answer.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(answer.mayHaveBeenDelivered()).isFalse();
      assertThat(answer.message()).contains("w7s.local.apps.acme/worker");
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAppThatCutsTheConnectionGetsTheRequestOnceAndDeliveryIsUnknown(Way way) throws Exception {
    try (RawServer worker = RawServer.serving(RawServer.Connection::request);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoAnswer<?> answer = none(way.make(transport, post("/x", "{}")));

      assertThat(answer.failure()).isEqualTo(Failure.BROKEN);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
      assertThat(answer.message()).contains("acme/worker at " + worker.url("/worker/x"));
      assertThat(worker.requests()).hasSize(1);
      assertThat(worker.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "\u0000\u0001\u0002",
        "HTTP/1.1 204 x\r\ncontent-length: 3\r\n\r\nabc",
      })
  void whatIsNoAnswerIsReportedAsBroken(String garbage) throws Exception {
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(garbage);
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoAnswer<?> answer = none(Way.BLOCKING.make(transport, post("/x", "{}")));

      assertThat(answer.failure()).isEqualTo(Failure.BROKEN);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerOfMoreThan10MiBIsNotKept(boolean declared) throws Exception {
    int size = LocalHttp.MOST_BODY_BYTES + 1;
    String head = declared ? "content-length: " + size + "\r\n" : "connection: close\r\n";
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\n" + head + "\r\n" + "x".repeat(size));
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoAnswer<?> answer = none(Way.BLOCKING.make(transport, get("/x")));

      assertThat(answer.failure()).isEqualTo(Failure.BROKEN);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
      assertThat(answer.message()).contains("more than 10485760 bytes");
    }
  }

  @Test
  void anAnswerOf10MiBIsKept() throws Exception {
    try (RawServer worker =
            RawServer.answering(RawServer.ok("x".repeat(LocalHttp.MOST_BODY_BYTES)));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      RpcAnswer answer = succeeded(Way.BLOCKING.make(transport, get("/x")));

      assertThat(answer.body()).hasSize(LocalHttp.MOST_BODY_BYTES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptEndsWhenItsTimeIsOver(Way way) throws Exception {
    try (RawServer worker = RawServer.serving(stalling());
        Transport transport = Calls.transport(worker.url("/worker"))) {
      way.make(transport, get("/x"), Duration.ofMillis(1)); // loads what has to be loaded
      Duration timeout = Duration.ofSeconds(1);

      long start = System.nanoTime();
      NoAnswer<?> answer = none(way.make(transport, post("/x", "{}"), timeout));
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(answer.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
      assertThat(answer.message()).contains(worker.url("/worker/x").toString()).contains("PT1S");
      assertThat(took).isBetween(timeout, timeout.plusMillis(100));
    }
  }

  @Test
  void theTimeIncludesTheBodyOfTheAnswer() throws Exception {
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                  connection.awaitEnd();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoAnswer<?> answer =
          none(Way.BLOCKING.make(transport, post("/x", "{}"), Duration.ofMillis(200)));

      assertThat(answer.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
    }
  }

  @Test
  void anInterruptEndsABlockingAttemptWithin100MsAndClosesItsConnection() throws Exception {
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
                Answer<RpcAnswer> answer = Way.BLOCKING.make(transport, post("/x", "{}"), LONG);
                long at = System.nanoTime();
                flagStillSet.complete(Thread.currentThread().isInterrupted());
                return new Timed(answer, at);
              });
      var thread = new Thread(call);
      thread.start();
      arrived.await();
      awaitSystemCall(thread);

      long start = System.nanoTime();
      thread.interrupt();
      Timed timed = call.get();

      NoAnswer<?> answer = none(timed.answer());
      assertThat(answer.failure()).isEqualTo(Failure.INTERRUPTED);
      assertThat(answer.mayHaveBeenDelivered()).isTrue();
      assertThat(flagStillSet.join()).isTrue();
      assertThat(Duration.ofNanos(timed.at() - start)).isLessThan(Duration.ofMillis(100));
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Once the request is sent, the thread makes no other system call than the read. */
  private static void awaitSystemCall(Thread thread) {
    StackTraceElement[] stack;
    do {
      stack = thread.getStackTrace();
    } while (stack.length == 0 || !stack[0].isNativeMethod());
  }

  private record Timed(Answer<RpcAnswer> answer, long at) {}

  @Test
  void anInterruptedThreadSendsNothing() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      Thread.currentThread().interrupt();
      NoAnswer<?> answer = none(Way.BLOCKING.make(transport, post("/x", "{}")));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(answer.failure()).isEqualTo(Failure.INTERRUPTED);
      assertThat(answer.mayHaveBeenDelivered()).isFalse();
      assertThat(worker.requests()).isEmpty();
    }
  }

  @Test
  void cancellingTheFutureClosesTheConnection() throws Exception {
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
  void closeEndsWhatIsUnderWayRefusesWhatComesAndLeavesNoThread() throws Exception {
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
      var blocking = new FutureTask<>(() -> Way.BLOCKING.make(transport, post("/x", "{}"), LONG));
      new Thread(blocking).start();
      arrived.await();

      transport.close();
      transport.close();

      for (NoAnswer<?> answer : List.of(none(async.get()), none(blocking.get()))) {
        assertThat(answer.failure()).isEqualTo(Failure.CLOSED);
        assertThat(answer.mayHaveBeenDelivered()).isTrue();
      }
      for (Way way : Way.values()) {
        NoAnswer<?> answer = none(way.make(transport, post("/x", "{}")));
        assertThat(answer.failure()).isEqualTo(Failure.CLOSED);
        assertThat(answer.mayHaveBeenDelivered()).isFalse();
      }
      assertThat(worker.requests()).hasSize(2);
      for (Thread thread : threads("w7s-local-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void callsBeyondTheLimitThatWaitWhenItIsClosedEndToo() throws Exception {
    try (RawServer worker = RawServer.serving(stalling());
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var calls = new ArrayList<CompletableFuture<Answer<RpcAnswer>>>();
      for (int i = 0; i < 1100; i++) {
        calls.add(transport.executeAsync(get("/x"), new CallContext(1, LONG)));
      }
      transport.close();

      for (CompletableFuture<Answer<RpcAnswer>> call : calls) {
        assertThat(none(call.get()).failure()).isEqualTo(Failure.CLOSED);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatTheAppClosedMeanwhileIsNotUsedAgain(Way way) throws Exception {
    var closed = new CountDownLatch(1);
    var first = new AtomicInteger();
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(RawServer.ok("ok"));
                  if (first.incrementAndGet() == 1) {
                    closed.countDown();
                    return; // as an app does that is started again
                  }
                  connection.awaitEnd();
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(way.make(transport, post("/x", "{}")));
      closed.await();
      awaitEndOf(worker);

      succeeded(way.make(transport, post("/x", "{}")));

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
  void aHundredCallsRunAtTheSameTime(Way way) throws Exception {
    var all = new CountDownLatch(100);
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  String path = connection.request().line();
                  all.countDown();
                  try {
                    all.await(); // nobody is answered before everybody is there
                  } catch (InterruptedException e) {
                    return;
                  }
                  connection.send(RawServer.ok(path));
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      var calls = new ArrayList<CompletableFuture<Answer<RpcAnswer>>>();
      for (int i = 0; i < 100; i++) {
        var call = post("/" + i, "{}");
        var result = new CompletableFuture<Answer<RpcAnswer>>();
        calls.add(result);
        if (way == Way.ASYNC) {
          transport.executeAsync(call, new CallContext(1, LONG)).thenAccept(result::complete);
        } else {
          new Thread(() -> result.complete(way.make(transport, call, LONG))).start();
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

  static NoAnswer<?> none(Answer<?> answer) {
    assertThat(answer).isInstanceOf(NoAnswer.class);
    return (NoAnswer<?>) answer;
  }
}

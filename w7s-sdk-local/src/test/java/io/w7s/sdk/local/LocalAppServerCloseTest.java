package io.w7s.sdk.local;

import static io.w7s.sdk.local.internal.server.RawClient.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server ends: what happens to requests under way, to its port and its threads. */
@Timeout(60)
class LocalAppServerCloseTest {

  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
  private final CompletableFuture<String> handledBy = new CompletableFuture<>();

  private LocalAppServer.Builder server() {
    return LocalAppServer.builder(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                AppRef.of("acme/worker").get("/slow", ANY),
                request -> {
                  handledBy.complete(Thread.currentThread().getName());
                  arrived.countDown();
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                    throw e;
                  }
                  return "done";
                })
            .on(AppRef.of("acme/worker").get("/fast", ANY), request -> "ok")
            .build());
  }

  @Test
  void finishesRequestsUnderWayAndRefusesNewOnes() throws Exception {
    LocalAppServer server = server().start();
    try (var slow = new RawClient(server.port());
        var keptAlive = new RawClient(server.port())) {
      assertThat(keptAlive.exchange(request("GET", "/fast", "")).status()).isEqualTo(200);
      slow.send(request("GET", "/slow", ""));
      arrived.await();
      var closing = CompletableFuture.runAsync(server::close);

      // close() begins some time after this; until then requests are answered
      Response refused;
      do {
        try (var another = new RawClient(server.port())) {
          refused = another.exchange(request("GET", "/fast", ""));
        }
      } while (refused.status() == 200);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("the server is being stopped");
      assertThat(refused.head()).containsIgnoringCase("connection: close");
      assertThat(keptAlive.exchange(request("GET", "/fast", "")).status()).isEqualTo(503);
      assertThat(keptAlive.isAtEnd()).isTrue();
      assertThat(closing).isNotDone();
      release.countDown();
      assertThat(slow.response().body()).isEqualTo("\"done\"");
      closing.get(20, TimeUnit.SECONDS);
      assertThat(interrupted).isNotDone();
    }
    assertThatThrownBy(() -> new RawClient(server.port())).isInstanceOf(IOException.class);
    server.close();
  }

  @Test
  void cutsOffRequestsAfterTheDrainTimeout() throws Exception {
    LocalAppServer server = server().drainTimeout(Duration.ofMillis(50)).start();
    try (var slow = new RawClient(server.port())) {
      slow.send(request("GET", "/slow", ""));
      arrived.await();

      server.close();

      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(slow.isAtEnd()).isTrue();
    }
  }

  @Test
  void endsTheWaitAtAnInterrupt() throws Exception {
    LocalAppServer server = server().start();
    try (var slow = new RawClient(server.port())) {
      slow.send(request("GET", "/slow", ""));
      arrived.await();

      Thread.currentThread().interrupt();
      server.close();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closesWithoutWaitingWhenIdleAndLeavesNoThread() throws Exception {
    LocalAppServer server = server().drainTimeout(Duration.ofDays(1)).start();
    release.countDown();
    RawClient.get(server.port(), "/slow");

    server.close();

    assertThat(handledBy.join()).matches("w7s-worker-\\d+");
    assertThatNoThreadStays();
  }

  @ParameterizedTest
  @ValueSource(longs = {300L * 365 * 24 * 60 * 60, Long.MAX_VALUE})
  void acceptsADrainTimeoutThatIsTooLongToCount(long seconds) throws Exception {
    LocalAppServer server = server().drainTimeout(Duration.ofSeconds(seconds)).start();
    try (var slow = new RawClient(server.port())) {
      slow.send(request("GET", "/slow", ""));
      arrived.await();
      var closing = CompletableFuture.runAsync(server::close);
      release.countDown();

      assertThat(slow.response().body()).isEqualTo("\"done\"");
      closing.get(20, TimeUnit.SECONDS);
      assertThatPortIsFree(server.port());
      assertThatNoThreadStays();
    }
  }

  @Test
  void aSecondCloseIsCompleteWhileAnotherOneWaits() throws Exception {
    LocalAppServer server = server().drainTimeout(Duration.ofDays(300 * 365)).start();
    try (var slow = new RawClient(server.port())) {
      slow.send(request("GET", "/slow", ""));
      arrived.await();
      var first = CompletableFuture.runAsync(server::close);
      Thread.currentThread().interrupt();
      server.close();

      assertThat(Thread.interrupted()).isTrue();
      first.get(20, TimeUnit.SECONDS); // the second one has ended its wait
      assertThat(slow.isAtEnd()).isTrue();
      assertThatPortIsFree(server.port());
      server.close();
    }
  }

  private static void assertThatPortIsFree(int port) throws IOException {
    new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})).close();
  }

  private static void assertThatNoThreadStays() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("w7s-worker-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  @Test
  void runsHandlersOnAGivenExecutorAndLeavesItOpen() throws Exception {
    ExecutorService mine = Executors.newCachedThreadPool(task -> new Thread(task, "mine"));
    try {
      LocalAppServer server = server().executor(mine).start();
      release.countDown();
      RawClient.get(server.port(), "/slow");
      server.close();

      assertThat(handledBy.join()).isEqualTo("mine");
      assertThat(mine.isShutdown()).isFalse();
    } finally {
      mine.shutdown();
    }
  }

  @Test
  void handlesRequestsAtTheSameTime() throws Exception {
    LocalAppServer server = server().start();
    try (server;
        var slow = new RawClient(server.port())) {
      slow.send(request("GET", "/slow", ""));
      arrived.await();

      assertThat(RawClient.get(server.port(), "/fast").status()).isEqualTo(200);
      release.countDown();
      assertThat(slow.response().status()).isEqualTo(200);
    }
  }
}

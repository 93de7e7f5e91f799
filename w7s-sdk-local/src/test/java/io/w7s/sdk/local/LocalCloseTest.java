package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.send;
import static io.w7s.sdk.local.Calls.start;
import static io.w7s.sdk.local.LocalFailureTest.none;
import static io.w7s.sdk.local.LocalQueueTest.delivery;
import static io.w7s.sdk.local.LocalQueueTest.failing;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of messages and instances when their sender is closed. */
@Timeout(60)
class LocalCloseTest {

  @Test
  void whatIsDueIsDeliveredFirstAndNoThreadStays() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"));
        var logged = new Logged()) {
      for (int i = 0; i < 500; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, send(String.valueOf(i))));
      }
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      transport.close();
      transport.close();

      int messages =
          worker.requests().stream()
              .filter(request -> request.line().contains("/queues/"))
              .mapToInt(request -> delivery(request).messages().size())
              .sum();
      assertThat(messages).isEqualTo(500);
      assertThat(worker.requests()).anyMatch(request -> request.line().contains("/workflows/"));
      assertThat(logged.warnings()).isEmpty();
      for (CallStyle way : CallStyle.values()) {
        NoResponse<?> refused = none(way.make(transport, send("1")));
        assertThat(refused.failure()).isEqualTo(Failure.CLOSED);
        assertThat(refused.mayHaveBeenDelivered()).isFalse();
      }
      assertThatNoThreadStays();
    }
  }

  @Test
  void whatWaitsForALaterTimeIsLoggedByQueueAndCount() throws Exception {
    try (RawServer worker = RawServer.answering(failing(500, ""));
        Transport transport = Calls.transport(worker.url("/worker"));
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1", ofSeconds(60))));
      succeeded(CallStyle.BLOCKING.make(transport, send("2", ofSeconds(60))));
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      transport.close();

      assertThat(logged.warnings())
          .contains(
              "closed with 2 messages on queue acme/worker/jobs (feature-x):"
                  + " 0 ready, 2 delayed, 0 with the consumer",
              "closed with instance feature-x-acme-worker-check-out-order-1 of check_out"
                  + " of acme/worker (feature-x) waiting");
    }
  }

  @Test
  void aConsumerThatDoesNotAnswerIsNotWaitedForLongerThanTheDrainTimeout() throws Exception {
    var arrived = new CountDownLatch(1);
    try (RawServer worker = silentAfter(arrived);
        LocalTransport transport =
            LocalTransport.builder(
                    Calls.config().localApp(Calls.WORKER, worker.url("/worker")).build())
                .drainTimeout(Duration.ofMillis(100))
                .build();
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      arrived.await();
      succeeded(CallStyle.BLOCKING.make(transport, send("2")));
      transport.close();

      assertThat(logged.warnings())
          .contains(
              "closed with 2 messages on queue acme/worker/jobs (feature-x):"
                  + " 1 ready, 0 delayed, 1 with the consumer")
          .anyMatch(line -> line.contains("was closed during a call to acme/worker"));
    }
  }

  @Test
  void anInterruptEndsTheWaitAndTheFlagStays() throws Exception {
    var arrived = new CountDownLatch(1);
    try (RawServer worker = silentAfter(arrived);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      arrived.await();
      Thread.currentThread().interrupt();
      long begun = System.nanoTime();
      transport.close();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ofSeconds(9));
      assertThatNoThreadStays(); // what it logs should not meet the next test
    }
  }

  private static void assertThatNoThreadStays() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("w7s-local-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  /** Takes a request, and never answers. */
  private static RawServer silentAfter(CountDownLatch arrived) {
    return RawServer.serving(
        connection -> {
          connection.request();
          arrived.countDown();
          connection.awaitEnd();
        });
  }
}

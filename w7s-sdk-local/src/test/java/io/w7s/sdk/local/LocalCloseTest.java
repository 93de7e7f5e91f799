package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.send;
import static io.w7s.sdk.local.Calls.start;
import static io.w7s.sdk.local.LocalFailureTest.none;
import static io.w7s.sdk.local.LocalQueueTest.delivery;
import static io.w7s.sdk.local.LocalQueueTest.failing;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a transport delivers, loses and releases when it is closed. */
@Timeout(60)
class LocalCloseTest {

  @Test
  void deliversWhatIsDueAndLeavesNoThread() throws Exception {
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
      for (CallStyle style : CallStyle.values()) {
        NoResponse<?> refused = none(style.make(transport, send("1")));
        assertThat(refused.failure()).isEqualTo(Failure.CLOSED);
        assertThat(refused.mayHaveBeenDelivered()).isFalse();
      }
      assertThatNoThreadStays();
    }
  }

  @Test
  void saysWhatIsLostByQueueAndCount() throws Exception {
    try (RawServer worker = RawServer.answering(failing(500, ""));
        LocalTransport transport = transport(worker, ofSeconds(10));
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1", ofSeconds(60))));
      succeeded(CallStyle.BLOCKING.make(transport, send("2", ofSeconds(60))));
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      assertThat(transport.lost().isEmpty()).isTrue();
      transport.close();
      transport.close();

      String lost =
          "2 messages (2 of queue acme/worker/jobs (feature-x): 0 ready, 2 delayed,"
              + " 0 with the consumer, 0 dropped after retries) and 1 workflow instance"
              + " (feature-x-acme-worker-check-out-order-1)";
      assertThat(logged.warnings())
          .filteredOn(line -> line.contains("lost"))
          .singleElement()
          .asString()
          .startsWith("acme/shop was closed and lost " + lost + ". ");
      assertThat(transport.lost()).hasToString(lost);
      assertThat(transport.lost().messageCount()).isEqualTo(2);
      assertThat(transport.lost().queues()).containsOnlyKeys(Calls.JOBS);
      assertThat(transport.lost().workflowInstances())
          .containsExactly("feature-x-acme-worker-check-out-order-1");
    }
  }

  @Test
  void countsDeadLettersAsLost() throws Exception {
    VirtualTime time = Calls.virtualTime();
    try (RawServer worker = RawServer.answering(failing(500, ""));
        LocalTransport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      time.runUntilIdle(100);
      transport.close();

      assertThat(transport.lost())
          .hasToString(
              "1 message (1 of queue acme/worker/jobs (feature-x): 0 ready, 0 delayed,"
                  + " 0 with the consumer, 1 dropped after retries)");
    }
  }

  @Test
  void namesTenQueuesAtMost() {
    try (LocalTransport transport =
        Calls.transport(ClosedPort.url("/worker"), Calls.virtualTime())) {
      for (int i = 0; i < 25; i++) {
        succeeded(CallStyle.BLOCKING.make(transport, send("q" + i, "1")));
      }
      transport.close();

      assertThat(transport.lost().messageCount()).isEqualTo(25);
      assertThat(transport.lost().toString())
          .startsWith("25 messages (")
          .endsWith("; and 15 more)");
    }
  }

  @Test
  void waitsNoLongerThanTheDrainTimeout() throws Exception {
    var arrived = new CountDownLatch(1);
    try (RawServer worker = silentAfter(arrived);
        LocalTransport transport = transport(worker, Duration.ofMillis(100));
        var logged = new Logged()) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      arrived.await();
      succeeded(CallStyle.BLOCKING.make(transport, send("2")));
      transport.close();

      assertThat(transport.lost().toString()).contains("1 ready, 0 delayed, 1 with the consumer");
      assertThat(logged.warnings())
          .anyMatch(line -> line.contains("lost 2 messages"))
          .anyMatch(line -> line.contains("was closed during a call to acme/worker"));
    }
  }

  @Test
  void endsTheWaitAtAnInterruptAndKeepsTheFlag() throws Exception {
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
      assertThatNoThreadStays(); // its log lines would disturb the next test
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {300L * 365 * 24 * 60 * 60, Long.MAX_VALUE})
  void acceptsADrainTimeoutThatIsTooLongToCount(long seconds) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        LocalTransport transport = transport(worker, ofSeconds(seconds))) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      transport.close();

      assertThat(worker.requests()).hasSize(1);
      assertThat(transport.lost().isEmpty()).isTrue();
      assertThatNoThreadStays();
    }
  }

  @Test
  void aSecondCloseIsCompleteWhileAnotherOneWaits() throws Exception {
    var arrived = new CountDownLatch(1);
    try (RawServer worker = silentAfter(arrived);
        LocalTransport transport = transport(worker, Duration.ofDays(300 * 365))) {
      succeeded(CallStyle.BLOCKING.make(transport, send("1")));
      arrived.await();
      var first = CompletableFuture.runAsync(transport::close);
      Thread.currentThread().interrupt();
      transport.close();

      assertThat(Thread.interrupted()).isTrue();
      first.get(20, TimeUnit.SECONDS); // the second one has ended its wait
      assertThat(transport.lost().messageCount()).isEqualTo(1);
      assertThatNoThreadStays();
    }
  }

  @Test
  void releasesEverythingAlsoWhenALoggerThrows() throws Exception {
    var logger = (Logger) LoggerFactory.getLogger(LocalTransport.class);
    var broken =
        new AppenderBase<ILoggingEvent>() {
          @Override
          public synchronized void doAppend(ILoggingEvent event) {
            throw new IllegalStateException("disk full");
          }

          @Override
          protected void append(ILoggingEvent event) {}
        };
    logger.addAppender(broken);
    try (RawServer worker = RawServer.answering(RawServer.ok(""))) {
      LocalTransport transport = transport(worker, ofSeconds(10));
      succeeded(CallStyle.BLOCKING.make(transport, send("1", ofSeconds(60))));
      assertThatThrownBy(transport::close).hasMessage("disk full");

      assertThatNoThreadStays();
      transport.close();
      assertThat(transport.lost().messageCount()).isEqualTo(1);
    } finally {
      logger.detachAppender(broken);
    }
  }

  @Test
  void releasesEverythingWhenItCannotBeBuilt() throws Exception {
    assertThatThrownBy(
            () ->
                LocalTransport.builder(Calls.config().build())
                    .platform(
                        settings -> {
                          throw new IllegalStateException("no");
                        })
                    .build())
        .hasMessage("no");

    assertThatNoThreadStays();
  }

  private static LocalTransport transport(RawServer worker, Duration drainTimeout) {
    return LocalTransport.builder(
            Calls.config().localApp(Calls.WORKER, worker.url("/worker")).build())
        .drainTimeout(drainTimeout)
        .build();
  }

  private static void assertThatNoThreadStays() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("w7s-local-")) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  /** Returns a server that reads a request and never answers. */
  private static RawServer silentAfter(CountDownLatch arrived) {
    return RawServer.serving(
        connection -> {
          connection.request();
          arrived.countDown();
          connection.awaitEnd();
        });
  }
}

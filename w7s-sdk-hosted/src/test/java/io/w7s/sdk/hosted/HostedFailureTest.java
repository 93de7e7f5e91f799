package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.DeafPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.Transport;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can go wrong on the way, and what is then known of the delivery. */
@Timeout(60)
class HostedFailureTest {

  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource
  void aServerThatCutsTheConnectionSeesOnePostAndDeliveryIsUnknown(CallStyle way) throws Exception {
    try (RawServer platform = RawServer.serving(RawServer.Connection::request);
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThatThrownBy(
              () -> {
                if (way == CallStyle.BLOCKING) {
                  w7s.queues().send(Shop.JOBS, Shop.JOB);
                } else {
                  unwrapped(w7s.queues().sendAsync(Shop.JOBS, Shop.JOB));
                }
              })
          .isExactlyInstanceOf(TransportException.class)
          .hasMessageContaining("broke off")
          .hasMessageContaining("may have been delivered");
      assertThat(platform.requests()).hasSize(1);
      assertThat(platform.connections()).isEqualTo(1);
    }
  }

  private static void unwrapped(CompletableFuture<?> future) throws Throwable {
    try {
      future.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause();
    }
  }

  @Test
  void whoAllowsDuplicatesIsTriedAgain() throws Exception {
    var first = new AtomicBoolean(true);
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  if (!first.getAndSet(false)) {
                    connection.send(RawServer.ok(Shop.sent()));
                    connection.awaitEnd();
                  }
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      w7s.queues().send(Shop.JOBS, Shop.JOB, send -> send.allowDuplicates());

      assertThat(platform.requests()).hasSize(2);
    }
  }

  @Test
  void aPlatformThatIsNotThereGetsNothing() {
    URI closed = ClosedPort.url("");
    try (W7s w7s = Shop.w7s(closed)) {
      TransportException failure =
          catchThrowableOfType(
              TransportException.class,
              () -> w7s.queues().send(Shop.JOBS, Shop.JOB, send -> send.retry(RetryPolicy.none())));

      assertThat(failure.mayHaveBeenDelivered()).isFalse();
      assertThat(failure.retryable()).isTrue();
      assertThat(failure)
          .hasMessageContaining(
              "the platform at " + closed + "/api/v1/queues/acme/worker/jobs is not reachable");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aTimeoutWhileConnectingSaysThatNothingWasDelivered() throws Exception {
    try (var deaf = new DeafPort();
        Transport transport = Shop.transport(deaf.url())) {
      NoResponse<?> none =
          none(
              CallStyle.BLOCKING.make(
                  transport, Shop.rpc("POST", "/x", BODY), Duration.ofMillis(200)));

      assertThat(none.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(none.mayHaveBeenDelivered()).isFalse();
    }
  }

  private static NoResponse<?> none(Outcome<?> answer) {
    assertThat(answer).isInstanceOf(NoResponse.class);
    return (NoResponse<?>) answer;
  }

  @Test
  void aCertificateThatIsNotTrustedEndsTheCallBeforeAnythingIsSent() throws Exception {
    var certificate = new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    var tls = new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    try (var platform = new MockWebServer()) {
      platform.useHttps(tls.sslSocketFactory());
      platform.start(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
      try (W7s w7s = Shop.w7s(platform.url("/").uri())) {
        TransportException failure =
            catchThrowableOfType(
                TransportException.class,
                () ->
                    w7s.queues().send(Shop.JOBS, Shop.JOB, send -> send.retry(RetryPolicy.none())));

        assertThat(failure.mayHaveBeenDelivered()).isFalse();
        assertThat(failure).hasMessageContaining("is not reachable");
        assertThat(platform.getRequestCount()).isZero();
      }
    }
  }

  @Test
  void aResponseBeyondTheLimitIsNeitherKeptNorAskedForAgain() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("x".repeat(1001)))) {
      W7sConfig config = Shop.config(platform.url("")).build();
      try (W7s w7s =
          W7s.builder(config)
              .transport(HostedTransport.builder(config).maxResponseBytes(1000).build())
              .build()) {
        TransportException failure =
            catchThrowableOfType(TransportException.class, () -> w7s.rpc().exchange(Shop.SESSION));

        assertThat(failure).hasMessageContaining("more than 1000 bytes");
        assertThat(failure.mayHaveBeenDelivered()).isTrue();
        assertThat(failure.retryable()).isFalse();
      }
      assertThat(platform.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAttemptEndsWhenItsTimeIsOver(CallStyle way) throws Exception {
    try (RawServer platform = stalling();
        Transport transport = Shop.transport(platform.url(""))) {
      way.make(transport, Shop.rpc("GET", "/x", null), Duration.ofMillis(1)); // loads classes
      Duration timeout = Duration.ofSeconds(1);

      long start = System.nanoTime();
      NoResponse<?> none = none(way.make(transport, Shop.rpc("POST", "/x", BODY), timeout));
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(none.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(none.mayHaveBeenDelivered()).isTrue();
      // the upper bound leaves room for a busy machine; how exact it is, is measured, not tested
      assertThat(took).isBetween(timeout, timeout.multipliedBy(2));
    }
  }

  @Test
  void aCallEndsWhenItsTimeIsOverWhateverItsAttemptsMayTake() throws Exception {
    try (RawServer platform = stalling();
        W7s w7s = Shop.w7s(platform.url(""))) {
      long start = System.nanoTime();
      assertThatThrownBy(
              () ->
                  w7s.rpc()
                      .with(
                          call ->
                              call.timeout(Duration.ofSeconds(1))
                                  .attemptTimeout(Duration.ofMillis(400)))
                      .call(Shop.SESSION))
          .isInstanceOf(CallTimeoutException.class);
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(took).isBetween(Duration.ofMillis(800), Duration.ofSeconds(2));
      assertThat(platform.requests()).hasSizeBetween(2, 3);
    }
  }

  @Test
  void cancellingTheFutureClosesTheConnection() throws Exception {
    var arrived = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (RawServer platform = stalling(arrived, ended);
        W7s w7s = Shop.w7s(platform.url(""))) {
      CompletableFuture<?> call = w7s.queues().sendAsync(Shop.JOBS, Shop.JOB);
      arrived.await();

      call.cancel(true);

      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anInterruptClosesTheConnection() throws Exception {
    var arrived = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var failure = new CompletableFuture<Throwable>();
    try (RawServer platform = stalling(arrived, ended);
        W7s w7s = Shop.w7s(platform.url(""))) {
      var caller =
          new Thread(
              () -> {
                try {
                  w7s.queues().send(Shop.JOBS, Shop.JOB);
                } catch (TransportException e) {
                  failure.complete(e);
                }
              });
      caller.start();
      arrived.await();

      caller.interrupt();

      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(failure.get(10, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
    }
  }

  @Test
  void closeEndsWhatIsUnderWayAndLeavesNoThread() throws Exception {
    var arrived = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (RawServer platform = stalling(arrived, ended);
        Transport transport = Shop.transport(platform.url(""))) {
      var call =
          transport.executeAsync(
              Shop.rpc("POST", "/x", BODY), new CallContext(1, Duration.ofMinutes(10)));
      arrived.await();

      transport.close();

      assertThat(none(call.get(10, TimeUnit.SECONDS)).failure()).isEqualTo(Failure.CLOSED);
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("w7s-hosted")) {
          thread.join(10_000);
          assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
      }
    }
  }

  private static RawServer stalling() {
    return stalling(new CountDownLatch(1), new CountDownLatch(1));
  }

  private static RawServer stalling(CountDownLatch arrived, CountDownLatch ended) {
    return RawServer.serving(
        connection -> {
          connection.request();
          arrived.countDown();
          connection.awaitEnd();
          ended.countDown();
        });
  }
}

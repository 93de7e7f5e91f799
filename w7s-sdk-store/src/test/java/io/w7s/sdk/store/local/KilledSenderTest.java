package io.w7s.sdk.store.local;

import static io.w7s.sdk.store.local.SenderProcess.JOBS;
import static io.w7s.sdk.store.local.SenderProcess.LATER;
import static io.w7s.sdk.store.local.SenderProcess.MESSAGES;
import static io.w7s.sdk.store.local.SenderProcess.WORKER;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.store.ChildJvm;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sender that is killed while its messages wait, and started again. */
@Timeout(120)
class KilledSenderTest {

  @TempDir private Path folder;

  /** A message as the worker got it, and when. */
  private record Arrival(int body, int attempt, Duration sinceSent) {}

  private final List<Arrival> jobs = new CopyOnWriteArrayList<>();
  private final List<Arrival> later = new CopyOnWriteArrayList<>();
  private final CountDownLatch all = new CountDownLatch(2 * MESSAGES);

  private void arrived(List<Arrival> arrivals, QueueMessage<Integer> message) {
    Duration sinceSent = Duration.between(message.enqueuedAt().orElseThrow(), Instant.now());
    arrivals.add(new Arrival(message.body(), message.attempt(), sinceSent));
  }

  @Test
  void everyMessageArrivesWithItsDelayAndItsAttempt() throws Exception {
    W7sApp worker =
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  if (message.attempt() == 1) {
                    throw new IllegalStateException("not yet");
                  }
                  arrived(jobs, message);
                  all.countDown();
                })
            .on(
                LATER,
                message -> {
                  arrived(later, message);
                  all.countDown();
                })
            .build();
    String file = folder.resolve("messages.db").toString();
    try (LocalAppServer server = LocalAppServer.start(worker)) {
      String url = server.url().toString();
      Process killed = ChildJvm.start(SenderProcess.class, url, file, "send");
      try (BufferedReader output = killed.inputReader()) {
        assertThat(output.readLine()).isEqualTo(SenderProcess.WAITS);
      } finally {
        killed.destroyForcibly().waitFor();
      }
      assertThat(jobs).as("before the sender was killed").isEmpty();
      int delayed = MESSAGES - later.size();
      assertThat(delayed).as("delayed messages that were not due").isEqualTo(MESSAGES);

      Process next = ChildJvm.start(SenderProcess.class, url, file);
      try {
        assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        next.destroyForcibly().waitFor();
      }
    }

    assertThat(jobs)
        .extracting(Arrival::body)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    assertThat(jobs).extracting(Arrival::attempt).containsOnly(2);
    assertThat(later)
        .extracting(Arrival::body)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    assertThat(later).extracting(Arrival::attempt).containsOnly(1);
    assertThat(later)
        .extracting(Arrival::sinceSent)
        .allSatisfy(age -> assertThat(age).isGreaterThanOrEqualTo(ofSeconds(SenderProcess.DELAY)));
  }
}

package io.w7s.sdk.emulator;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.DeadLetter.Reason;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the platform's queues deliver, and what they lose. */
class QueueRulesTest {

  private static final QueueRef<Integer> JOBS =
      AppRef.of("acme/worker").queue("jobs", Integer.class);
  private static final QueueId ID = QueueId.of("acme/worker", "jobs");

  private final World world = new World();
  private final World.Diary diary = world.new Diary();
  private final W7s w7s = world.as("acme/shop");

  private W7sApp worker(Handler handler) {
    return W7sApp.builder(AppRef.of("acme/worker"))
        .onBatch(
            JOBS,
            batch -> {
              diary.write(
                  batch.messages().stream()
                      .map(message -> message.body() + "#" + message.attempt())
                      .toList()
                      .toString());
              for (QueueMessage<Integer> message : batch.messages()) {
                handler.handle(message);
              }
            })
        .build();
  }

  private interface Handler {
    void handle(QueueMessage<Integer> message) throws Exception;
  }

  private void sendAll(int... bodies) {
    for (int body : bodies) {
      w7s.queues().send(JOBS, body);
    }
  }

  @Test
  void aMessageWaitsFiveSecondsForOthers() {
    world.deploy(worker(message -> {}));
    sendAll(1);
    world.pass(ofSeconds(3));
    sendAll(2);
    world.pass(ofSeconds(1));
    assertThat(diary.lines).isEmpty();
    world.pass(ofSeconds(1));
    assertThat(diary.lines).containsExactly("5s [1#1, 2#1]");
    assertThat(world.platform.queues().counts(ID)).isEqualTo(new QueueCounts(0, 0, 0, 2, 2, 0));
  }

  @Test
  void tenMessagesGoOutAtOnce() {
    world.deploy(worker(message -> {}));
    sendAll(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    world.pass(Duration.ZERO);
    assertThat(diary.lines)
        .containsExactly("0s [1#1, 2#1, 3#1, 4#1, 5#1, 6#1, 7#1, 8#1, 9#1, 10#1]");
    assertThat(world.platform.queues().counts(ID).ready()).isOne();
    world.pass(ofSeconds(5));
    assertThat(diary.lines).hasSize(2).last().isEqualTo("5s [11#1]");
  }

  @Test
  void oneFailureBringsTheWholeBatchBackAfterTenSeconds() {
    var failed = new AtomicInteger();
    world.deploy(
        worker(
            message -> {
              if (message.body() == 2 && failed.getAndIncrement() == 0) {
                throw new IllegalStateException("not yet");
              }
            }));
    sendAll(1, 2);
    world.time.runUntilIdle(100);
    assertThat(diary.lines).containsExactly("5s [1#1, 2#1]", "15s [1#2, 2#2]");
    assertThat(world.platform.queues().deadLetters()).isEmpty();
  }

  @Test
  void aMessageIsDroppedAfterItsThirdRetry() {
    world.deploy(
        worker(
            message -> {
              throw new IllegalStateException("never");
            }));
    sendAll(7);
    world.time.runUntilIdle(100);
    assertThat(diary.lines).containsExactly("5s [7#1]", "15s [7#2]", "25s [7#3]", "35s [7#4]");
    assertThat(world.platform.queues().deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.queue()).isEqualTo(ID);
              assertThat(letter.reason()).isEqualTo(Reason.RETRIES_EXHAUSTED);
              assertThat(letter.cause())
                  .startsWith("acme/worker (production) /_w7s/queues/jobs responded with 500: ")
                  .contains("java.lang.IllegalStateException: never at ");
              assertThat(letter.message().attempts()).isEqualTo(4);
              assertThat(letter.message().caller()).isEqualTo(World.identity("acme/shop"));
              assertThat(letter.at()).isEqualTo(World.START.plusSeconds(35));
            });
    assertThat(world.platform.queues().counts(ID)).isEqualTo(new QueueCounts(0, 0, 0, 1, 0, 1));
    world.platform.queues().clearDeadLetters();
    assertThat(world.platform.queues().deadLetters()).isEmpty();
  }

  @Test
  void anEndpointSaysItselfWhyADeliveryFailed() {
    world.platform.deploy(
        Deployment.of(
            ID.app(),
            Manifest.empty().withQueue(Manifest.Queue.of("jobs")),
            request -> Deployment.backendFailure("the cable is cut")));
    sendAll(7);
    world.time.runUntilIdle(100);
    assertThat(world.platform.queues().deadLetters())
        .singleElement()
        .extracting(DeadLetter::cause)
        .isEqualTo("acme/worker (production) /_w7s/queues/jobs failed: the cable is cut");
  }

  @Test
  void aMessageKeepsItsIdOverAllItsDeliveries() {
    var ids = new ArrayList<String>();
    world.deploy(
        worker(
            message -> {
              ids.add(message.id());
              throw new IllegalStateException("never");
            }));
    sendAll(1);
    world.time.runUntilIdle(100);
    assertThat(ids).hasSize(4).containsOnly(ids.get(0));
    assertThat(ids.get(0)).matches("[0-9a-f]{32}");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 60, 86_400})
  void aDelayedMessageIsNotDeliveredBefore(long seconds) {
    world.deploy(worker(message -> {}));
    w7s.queues().send(JOBS, 1, send -> send.delay(ofSeconds(seconds)));
    world.pass(ofSeconds(seconds).minusMillis(1));
    assertThat(diary.lines).isEmpty();
    assertThat(world.platform.queues().counts(ID).delayed()).isOne();
    world.pass(ofSeconds(5));
    assertThat(diary.lines).containsExactly(Math.max(5, seconds) + "s [1#1]");
  }

  @Test
  void aDelayOfMoreThanADayIsRefused() {
    assertThatThrownBy(() -> w7s.queues().send(JOBS, 1, send -> send.delay(ofSeconds(86_401))))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void messagesOverADeliveryQuotaAreDroppedAndNotTriedAgain() {
    var limited =
        new World(
            builder ->
                builder.limits(
                    Limits.none().withDaily(Metric.QUEUE_DELIVERY, Metric.Scope.REPO, 2)));
    var handled = new ArrayList<Integer>();
    limited.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, message -> handled.add(message.body()))
            .build());
    W7s shop = limited.as("acme/shop");
    shop.queues().send(JOBS, 1);
    shop.queues().send(JOBS, 2);
    limited.time.runUntilIdle(100);
    shop.queues().send(JOBS, 3);
    limited.time.runUntilIdle(100);
    assertThat(handled).containsExactly(1, 2);
    assertThat(limited.platform.queues().deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.reason()).isEqualTo(Reason.LIMIT);
              assertThat(letter.message().attempts()).isOne();
              assertThat(letter.cause()).contains("queue.delivery");
            });
  }

  @Test
  void eachQueueCanHaveItsOwnSettings() {
    world.platform.queues().configure(ID, new QueueSettings(2, ofSeconds(1), 1, ofMinutes(1)));
    world.deploy(
        worker(
            message -> {
              throw new IllegalStateException("never");
            }));
    sendAll(1, 2, 3);
    world.time.runUntilIdle(100);
    assertThat(diary.lines)
        .containsExactly("0s [1#1, 2#1]", "1s [3#1]", "60s [1#2, 2#2]", "61s [3#2]");
    assertThat(world.platform.queues().deadLetters()).hasSize(3);
  }

  @Test
  void aSmallerBatchSizeHoldsForWhatIsThere() {
    world.deploy(worker(message -> {}));
    sendAll(1, 2);
    world.platform.queues().configure(ID, QueueSettings.PLATFORM.withBatchSize(2));
    world.pass(Duration.ZERO);
    assertThat(diary.lines).containsExactly("0s [1#1, 2#1]");
  }

  @Test
  void messagesOutliveARedeploy() {
    world.deploy(worker(message -> {}));
    sendAll(1);
    world.deploy(worker(message -> {}));
    world.pass(ofSeconds(5));
    assertThat(diary.lines).containsExactly("5s [1#1]");
  }

  @Test
  void whatIsOnAQueueThatIsNoLongerDeclaredIsDropped() {
    world.deploy(worker(message -> {}));
    sendAll(1, 2);
    world.deploy(W7sApp.builder(AppRef.of("acme/worker")).build());
    world.time.runUntilIdle(100);
    assertThat(diary.lines).isEmpty();
    assertThat(world.platform.queues().deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.QUEUE_REMOVED, Reason.QUEUE_REMOVED);
    assertThatThrownBy(() -> sendAll(3)).isInstanceOf(NotFoundException.class);
    world.deploy(worker(message -> {}));
    world.time.runUntilIdle(100);
    assertThat(diary.lines).as("a queue of that name starts empty").isEmpty();
  }

  @Test
  void aHandlerMaySendToItsOwnQueue() {
    W7s self = world.as("acme/worker");
    world.deploy(
        worker(
            message -> {
              if (message.body() < 3) {
                self.queues().send(JOBS, message.body() + 1);
              }
            }));
    sendAll(1);
    world.time.runUntilIdle(100);
    assertThat(diary.lines).containsExactly("5s [1#1]", "10s [2#1]", "15s [3#1]");
  }

  @Test
  void anErrorInAHandlerReachesTheTestAndLosesNoMessage() {
    var error = new AssertionError("seen in a handler");
    world.platform.deploy(
        Deployment.of(
            World.identity("acme/worker").app(),
            worker(message -> {}).manifest(),
            request -> {
              throw error;
            }));
    sendAll(1);
    assertThatThrownBy(() -> world.pass(ofSeconds(5))).isSameAs(error);
    assertThat(world.platform.queues().waiting(ID))
        .singleElement()
        .satisfies(message -> assertThat(message.attempts()).isEqualTo(2));
  }

  @Test
  void aBatchCanBeDeliveredByHand() {
    world.deploy(worker(message -> {}));
    sendAll(1, 2);
    assertThat(world.platform.queues().deliverNow(ID)).isEqualTo(2);
    assertThat(diary.lines).containsExactly("0s [1#1, 2#1]");
    assertThat(world.platform.queues().deliverNow(ID)).isZero();
  }

  @Test
  void aMessageOverTheLimitWithItsEnvelopeIsRefused() {
    QueueRef<String> texts = AppRef.of("acme/worker").queue("jobs", String.class);
    world.deploy(worker(message -> {}));
    w7s.queues().send(texts, "x".repeat(65_000));
    assertThatThrownBy(() -> w7s.queues().send(texts, "x".repeat(65_530)))
        .isInstanceOf(PayloadTooLargeException.class)
        .hasMessageContaining("65536");
  }

  @Test
  void anotherOwnersQueueTakesWhatItsAllowListNames() {
    world.deploy(worker(message -> {}));
    W7s stranger = world.as("evil/shop");
    assertThatThrownBy(() -> stranger.queues().send(JOBS, 1))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("queue.allow");
    world.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .manifest(worker(message -> {}).manifest().withQueueAllow("evil/shop"))
            .on(JOBS, message -> diary.write("from a stranger"))
            .build());
    stranger.queues().send(JOBS, 1);
    world.pass(ofSeconds(5));
    assertThat(diary.lines).containsExactly("5s from a stranger");
  }

  @Test
  void whatIsLostOnTheWayIsNeverDeliveredAndWhatIsDoubledComesTwice() {
    var copies = new ArrayList<>(List.of(0, 2, 1));
    var lossy =
        new World(
            builder ->
                builder.enqueueFault(
                    queue -> Collections.nCopies(copies.remove(0), Duration.ZERO)));
    var handled = new ArrayList<Integer>();
    lossy.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, message -> handled.add(message.body()))
            .build());
    W7s shop = lossy.as("acme/shop");
    for (int body = 1; body <= 3; body++) {
      shop.queues().send(JOBS, body);
    }
    lossy.time.runUntilIdle(100);
    assertThat(handled).containsExactly(2, 2, 3);
    assertThat(lossy.platform.queues().counts(QueueId.of("acme/worker", "jobs")).sent())
        .isEqualTo(3);
  }
}

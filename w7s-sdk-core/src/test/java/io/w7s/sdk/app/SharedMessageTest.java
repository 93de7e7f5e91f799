package io.w7s.sdk.app;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ProcessedMessages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Messages that several deliveries have at the same time. */
class SharedMessageTest extends ConsumptionTests {

  @Test
  void aMessageThatAnotherDeliveryIsHandlingIsNeverAcknowledged() {
    W7sApp app = app(each -> each.park(parked).longestWait(ofSeconds(5)), message -> {});
    processed.claim(QUEUE, "m1", ofMinutes(5), true);

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m2", 1, "{\"n\":2}"));

    assertThat(response.status()).isEqualTo(503);
    assertThat(fates(lastReport())).containsExactly(Fate.COMING_AGAIN, Fate.HANDLED);
    assertThat(time.elapsed()).isEqualTo(ofSeconds(5));
  }

  @Test
  void aWaitTooLongToCountEndsWithTheOtherDelivery() {
    var endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    W7sApp app = app(each -> each.longestWait(endless), message -> {});
    time.advance(ofSeconds(1));
    processed.claim(QUEUE, "m1", ofSeconds(10), true);

    assertThat(deliverJobs(app, message("m1", 2, "{\"n\":1}")).status()).isEqualTo(200);

    assertThat(handled).containsExactly(1);
  }

  @Test
  void aMessageWhoseProcessDiedIsTakenOverAfterItsLease() {
    W7sApp app = app(each -> {}, message -> {});
    processed.claim(QUEUE, "m1", ofSeconds(10), true);

    assertThat(deliverJobs(app, message("m1", 2, "{\"n\":1}")).status()).isEqualTo(200);

    assertThat(handled).containsExactly(1);
    assertThat(time.elapsed()).isBetween(ofSeconds(10), ofSeconds(11));
  }

  @Test
  void aMessageThatMustNotRunTwiceIsParkedInstead() {
    W7sApp app = app(each -> each.park(parked).neverTwice(), message -> {});
    processed.claim(QUEUE, "m1", ofSeconds(10), true);

    assertThat(deliverJobs(app, message("m1", 2, "{\"n\":1}")).status()).isEqualTo(200);
    assertThat(deliverJobs(app, message("m1", 3, "{\"n\":1}")).status()).isEqualTo(200);

    assertThat(handled).isEmpty();
    assertThat(parkedMessage("m1").reason()).contains("began and did not end");
    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("w1", 1));
    assertThat(handled).containsExactly(1);
  }

  @Test
  void theLastDeliveryOfAMessageInProgressKeepsItForLater() {
    W7sApp app =
        app(each -> each.park(parked).retry(sent).longestWait(ofSeconds(1)), message -> {});
    ClaimResult other = processed.claim(QUEUE, "m1", ofMinutes(5), true);

    assertThat(deliverJobs(app, message("m1", 4, "{\"n\":1}")).status()).isEqualTo(200);
    assertThat(fates(lastReport())).containsExactly(Fate.HELD);
    processed.complete(other.claim());
    time.advance(ofMinutes(1));
    deliverJobs(app, sent.take("w1", 1));

    assertThat(fates(lastReport())).containsExactly(Fate.SKIPPED);
    assertThat(handled).isEmpty();
    assertThat(parked.find(QUEUE, "m1")).isEmpty();
  }

  @Test
  void aMessageIsKeptBeforeItsLastDeliveryAndRemovedAfterIt() {
    var seen = new ArrayList<String>();
    W7sApp app = app(each -> each.park(parked), message -> seen.add(parkedMessage("m1").reason()));

    deliverJobs(app, message("m1", 4, "{\"n\":1}"));

    assertThat(seen).containsExactly("its last delivery did not end");
    assertThat(parked.find(QUEUE, "m1")).isEmpty();
  }

  @Test
  void allMessagesOfALastDeliveryAreKeptBeforeTheFirstIsHandled() {
    var kept = new ArrayList<List<String>>();
    W7sApp app =
        app(
            each -> each.park(parked),
            message ->
                kept.add(
                    parked.list(QUEUE, ParkedMessage.State.PARKED, 10, null).stream()
                        .map(ParkedMessage::key)
                        .toList()));

    deliverJobs(app, message("m1", 4, "{\"n\":1}"), message("m2", 4, "{\"n\":2}"));

    assertThat(kept).containsExactly(List.of("m1", "m2"), List.of("m2"));
  }

  @Test
  void aHandlerThatLostItsLeaseIsNotTheOneThatHandledIt() {
    W7sApp app =
        app(
            each -> each.park(parked),
            message -> {
              time.advance(ofSeconds(11));
              processed.claim(QUEUE, "m1", ofMinutes(1), true);
            });

    assertThat(deliverJobs(app, message("m1", 1, "{\"n\":1}")).status()).isEqualTo(503);
    assertThat(lines()).anyMatch(line -> line.contains("another delivery took it over"));
  }

  @Test
  void aSlowMessageIsHandledOnceAlthoughThePlatformHasGivenUpItsDelivery() throws Exception {
    var slowBegan = new CountDownLatch(1);
    var slowMayEnd = new CountDownLatch(1);
    var allBegan = new CountDownLatch(10);
    var all = Collections.synchronizedList(new ArrayList<Integer>());
    ProcessedMessages shared = ProcessedMessages.inMemory();
    W7sApp app =
        worker()
            .consumption(each -> each.once(shared).park(parked))
            .on(
                COUNTS,
                message -> {
                  all.add(message.body().n());
                  allBegan.countDown();
                  if (message.body().n() == 5) {
                    slowBegan.countDown();
                    slowMayEnd.await();
                  }
                })
            .build();

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<AppResponse> first = threads.submit(() -> deliverJobs(app, ten(1)));
      slowBegan.await();
      Future<AppResponse> second = threads.submit(() -> deliverJobs(app, ten(2)));
      allBegan.await(); // the second delivery handles what comes behind the slow one
      assertThat(second.isDone()).isFalse();
      slowMayEnd.countDown();

      assertThat(first.get().status()).isEqualTo(200);
      assertThat(second.get().status()).isEqualTo(200);
    } finally {
      threads.shutdownNow();
    }
    assertThat(all).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }
}

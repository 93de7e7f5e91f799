package io.w7s.sdk.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.QueueMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each message of a batch has its own fate, although the platform acknowledges whole batches. */
class ConsumptionTest extends AppRequests {

  private static final String QUEUE = "acme/worker/jobs";

  private final SteppedTime time = new SteppedTime();
  private final ProcessedMessages processed = ProcessedMessages.inMemory(1_000, time);
  private final ParkedMessages parked = ParkedMessages.inMemory();
  private final SentMessages sent = new SentMessages();
  private final List<Integer> handled = new ArrayList<>();
  private final List<BatchReport> reports = new ArrayList<>();

  private W7sApp app(
      Consumer<Consumption.Builder<Object>> settings, Consumer<QueueMessage<Count>> handler) {
    return worker()
        .consumption(
            each -> {
              each.once(processed).time(time).listen(reports::add);
              settings.accept(each);
            })
        .on(
            COUNTS,
            message -> {
              handled.add(message.body().n());
              handler.accept(message);
            })
        .build();
  }

  private static String[] ten(int attempt) {
    return IntStream.rangeClosed(1, 10)
        .mapToObj(i -> message("m" + i, attempt, "{\"n\":" + i + "}"))
        .toArray(String[]::new);
  }

  private static void failOn(QueueMessage<Count> message, int n) {
    if (message.body().n() == n) {
      throw new IllegalStateException("cannot handle " + n);
    }
  }

  private ParkedMessage parkedMessage(String key) {
    return parked.find(QUEUE, key).orElseThrow();
  }

  private BatchReport lastReport() {
    return reports.get(reports.size() - 1);
  }

  private static List<Fate> fates(BatchReport report) {
    return report.messages().stream().map(BatchReport.Message::fate).toList();
  }

  @Test
  void aBatchOfGoodMessagesIsHandledOnceEvenIfItComesAgain() {
    W7sApp app = app(each -> {}, message -> {});

    assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(200);
    assertThat(deliverJobs(app, ten(2)).status()).isEqualTo(200);

    assertThat(handled).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(lastReport().skipped()).isEqualTo(10);
  }

  /** A database turns both into the same question mark. */
  @Test
  void idsThatDifferInAnUnpairedSurrogateAreTwoMessages() {
    W7sApp app = app(each -> {}, message -> {});

    deliverJobs(
        app,
        message("ID", 1, "{\"n\":1}").replace("ID", "a\\ud800"),
        message("ID", 1, "{\"n\":2}").replace("ID", "a\\ud801"));

    assertThat(handled).containsExactly(1, 2);
    assertThat(lastReport().messages())
        .extracting(BatchReport.Message::key)
        .allSatisfy(key -> assertThat(key).startsWith("sha256:"))
        .doesNotHaveDuplicates();
  }

  @Test
  void aMessageThatIsSentAgainIsNotMistakenForAnother() {
    Map<Integer, String> keys = Map.of(1, "order", 2, "order#1", 3, "k".repeat(200));
    W7sApp app =
        worker()
            .consumption(
                COUNTS,
                each ->
                    each.once(processed, message -> keys.get(message.body().n()))
                        .time(time)
                        .park(parked))
            .on(
                COUNTS,
                message -> {
                  handled.add(message.body().n());
                  if (message.attempt() == 4 && message.body().n() != 2) {
                    throw new IllegalStateException("not now");
                  }
                })
            .build();
    deliverJobs(
        app,
        message("m2", 1, "{\"n\":2}"),
        message("m1", 4, "{\"n\":1}"),
        message("m3", 4, "{\"n\":3}"));

    parked.sendAgain(QUEUE, "order", sent);
    parked.sendAgain(QUEUE, keys.get(3), sent);
    deliverJobs(app, sent.take("w1", 1), sent.take("w2", 1));

    assertThat(handled).containsExactly(2, 1, 3, 1, 3);
    assertThat(parked.count(QUEUE, ParkedMessage.State.PARKED)).isZero();
  }

  @Test
  void aPoisonMessageIsParkedAfterFourDeliveriesAndTheOthersAreHandledOnce() {
    W7sApp app = app(each -> each.park(parked), message -> failOn(message, 4));
    String[] batch = ten(1);
    batch[6] = message("m7", 1, "{\"n\":\"seven\"}");

    AppResponse first = deliverJobs(app, batch);
    deliverJobs(app, ten(2));
    deliverJobs(app, ten(3));
    AppResponse last = deliverJobs(app, ten(4));

    assertThat(first.status()).isEqualTo(500);
    assertThat(last.status()).isEqualTo(200);
    assertThat(handled).containsExactly(1, 2, 3, 4, 5, 6, 8, 9, 10, 4, 4, 4);
    assertThat(reports)
        .extracting(BatchReport::toString)
        .containsExactly(
            QUEUE + ": 10 delivered = 8 handled + 0 skipped + 1 parked + 0 held + 1 coming again",
            QUEUE + ": 10 delivered = 0 handled + 9 skipped + 0 parked + 0 held + 1 coming again",
            QUEUE + ": 10 delivered = 0 handled + 9 skipped + 0 parked + 0 held + 1 coming again",
            QUEUE + ": 10 delivered = 0 handled + 9 skipped + 1 parked + 0 held + 0 coming again");
    assertThat(parkedMessage("m4").attempts()).isEqualTo(4);
    assertThat(parkedMessage("m4").reason()).contains("cannot handle 4");
    assertThat(new String(parkedMessage("m4").body(), UTF_8)).isEqualTo("{\"n\":4}");
    assertThat(parkedMessage("m4").caller()).hasToString("Optional[acme/shop (production)]");
    assertThat(parkedMessage("m7").attempts()).isEqualTo(1);
    assertThat(parkedMessage("m7").reason())
        .contains("AppRequests.Count at $.n", "int")
        .doesNotContain("seven");
    assertThat(parked.count(QUEUE, ParkedMessage.State.PARKED)).isEqualTo(2);
  }

  @Test
  void aRejectedMessageIsParkedAtOnce() {
    W7sApp app =
        app(
            each -> each.park(parked),
            message -> {
              throw Reject.permanently("no such customer");
            });

    assertThat(deliverJobs(app, message("m1", 1, "{\"n\":1}")).status()).isEqualTo(200);

    assertThat(parkedMessage("m1").reason()).isEqualTo("no such customer");
  }

  @Test
  void aReasonIsCutToAKibibyte() {
    W7sApp app =
        app(
            each -> each.park(parked),
            message -> {
              throw Reject.permanently("ü\n".repeat(2_000));
            });

    deliverJobs(app, message("m1", 1, "{\"n\":1}"));

    assertThat(parkedMessage("m1").reason().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(1_024);
    assertThat(parkedMessage("m1").reason()).doesNotContain("\n");
  }

  @Test
  void anUnreadableElementWithoutIdIsParkedUnderTheHashOfItsBytes() {
    W7sApp app = app(each -> each.park(parked), message -> {});

    AppResponse response = deliverJobs(app, "17", "{\"id\":5}", message("m1", 1, "{\"n\":1}"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(parked.list(QUEUE, ParkedMessage.State.PARKED, 10, null))
        .hasSize(2)
        .allSatisfy(message -> assertThat(message.key()).startsWith("sha256:"));
    assertThat(handled).containsExactly(1);
  }

  @Nested
  class HeldBack {

    @Test
    void aFailedMessageIsSentAgainAndItsBatchAcknowledged() {
      var failures = new ArrayList<Integer>(List.of(4, 4));
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent),
              message -> {
                if (failures.remove((Object) message.body().n())) {
                  throw new IllegalStateException("not yet");
                }
              });

      assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(200);
      assertThat(lastReport().held()).isEqualTo(1);
      assertThat(parkedMessage("m4").state()).isEqualTo(ParkedMessage.State.HELD);
      assertThat(sent.delays).hasSize(1);
      assertThat(sent.delays.get(0)).isBetween(ofSeconds(5), ofSeconds(10));

      time.advance(ofSeconds(10));
      assertThat(deliverJobs(app, sent.take("w1", 1)).status()).isEqualTo(200);
      time.advance(ofSeconds(20));
      assertThat(deliverJobs(app, sent.take("w2", 1)).status()).isEqualTo(200);

      assertThat(handled).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 4);
      assertThat(lastReport().messages().get(0))
          .isEqualTo(new BatchReport.Message("m4", "m4", 3, Fate.HANDLED, null));
      assertThat(parked.find(QUEUE, "m4")).isEmpty();
    }

    @Test
    void aHandlerChoosesTheWaitAndItMayExceedThePlatformsLongestDelay() {
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent),
              message -> {
                if (message.attempt() == 1) {
                  throw Retry.after(ofDays(2));
                }
              });

      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      time.advance(ofDays(1));
      deliverJobs(app, sent.take("w1", 1));
      assertThat(fates(lastReport())).containsExactly(Fate.HELD);
      time.advance(ofDays(1));
      deliverJobs(app, sent.take("w2", 1));

      assertThat(sent.delays).containsExactly(ofDays(1), ofDays(1));
      assertThat(handled).containsExactly(1, 1);
      assertThat(lastReport().messages().get(0).attempt()).isEqualTo(2);
    }

    @Test
    void theAttemptsOfAllSendsCount() {
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent).attempts(3),
              message -> {
                throw Retry.after(ofSeconds(1), "rate limit");
              });

      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      time.advance(ofSeconds(1));
      deliverJobs(app, sent.take("w1", 1));
      time.advance(ofSeconds(1));
      deliverJobs(app, sent.take("w2", 1));

      assertThat(parkedMessage("m1").reason())
          .isEqualTo("to be tried again after PT1S: rate limit");

      assertThat(fates(lastReport())).containsExactly(Fate.PARKED);
      assertThat(parkedMessage("m1").attempts()).isEqualTo(3);
      assertThat(sent.bodies).isEmpty();
    }

    @Test
    void whatBringsItBackIsTakenOnceHoweverOftenItComes() {
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent),
              message -> {
                if (message.attempt() == 1) {
                  throw Retry.after(ofSeconds(1));
                }
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      String back = sent.take("w1", 1);
      time.advance(ofSeconds(1));

      deliverJobs(app, back);
      assertThat(deliverJobs(app, back).status()).isEqualTo(200);
      assertThat(deliverJobs(app, message("m1", 2, "{\"n\":1}")).status()).isEqualTo(200);

      assertThat(handled).containsExactly(1, 1);
    }

    @Test
    void aMessageWhoseWayBackWasLostIsSentAgainWhenItIsOverdue() {
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent),
              message -> {
                if (message.attempt() == 1) {
                  throw Retry.after(ofSeconds(1));
                }
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      sent.bodies.clear();
      assertThat(app.sendOverdue()).isZero();
      time.advance(ofMinutes(2));

      assertThat(app.sendOverdue()).isEqualTo(1);
      assertThat(app.sendOverdue()).isZero();
      deliverJobs(app, sent.take("w1", 1));

      assertThat(handled).containsExactly(1, 1);
    }

    @Test
    void aSendThatFailsLeavesTheMessageToBeSentLater() {
      W7sApp app =
          app(
              each -> each.park(parked).retry(sent),
              message -> {
                if (message.attempt() == 1) {
                  throw Retry.after(ofSeconds(1));
                }
              });
      sent.failing = true;

      assertThat(deliverJobs(app, message("m1", 1, "{\"n\":1}")).status()).isEqualTo(200);
      sent.failing = false;
      time.advance(ofMinutes(2));
      deliverJobs(app, message("m2", 1, "{\"n\":2}"));

      assertThat(sent.bodies).anyMatch(body -> body.contains("\"m1\""));
    }
  }

  @Nested
  class SentAgain {

    @Test
    void aParkedMessageIsHandledOnceMoreAlthoughItIsDone() {
      var poison = new ArrayList<Integer>(List.of(1));
      W7sApp app =
          app(
              each -> each.park(parked),
              message -> {
                if (poison.contains(message.body().n())) {
                  throw Reject.permanently("poison");
                }
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      poison.clear();

      assertThat(parked.sendAgain(QUEUE, "m1", sent)).isTrue();
      assertThat(parked.sendAgain(QUEUE, "m1", sent)).isTrue();
      deliverJobs(app, sent.take("w1", 1));
      deliverJobs(app, sent.take("w2", 1));

      assertThat(handled).containsExactly(1, 1);
      assertThat(parked.find(QUEUE, "m1")).isEmpty();
      assertThat(parked.sendAgain(QUEUE, "m1", sent)).isFalse();
    }

    @Test
    void aParkedMessageThatFailsAgainIsParkedAgain() {
      W7sApp app =
          app(
              each -> each.park(parked),
              message -> {
                throw Reject.permanently("poison " + message.attempt());
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      parked.sendAgain(QUEUE, "m1", sent);
      deliverJobs(app, sent.take("w1", 1));

      assertThat(parkedMessage("m1").state()).isEqualTo(ParkedMessage.State.PARKED);
      assertThat(parkedMessage("m1").reason()).isEqualTo("poison 2");
      assertThat(parkedMessage("m1").run()).isEqualTo(2);
    }

    @Test
    void aParkedMessageThatCannotBeSentStaysParked() {
      W7sApp app =
          app(
              each -> each.park(parked),
              message -> {
                throw Reject.permanently("poison");
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      sent.failing = true;

      assertThatThrownBy(() -> parked.sendAgain(QUEUE, "m1", sent)).hasMessage("cannot be sent");

      assertThat(parkedMessage("m1").state()).isEqualTo(ParkedMessage.State.PARKED);
      sent.failing = false;
      assertThat(parked.sendAgain(QUEUE, "m1", sent)).isTrue();
    }

    @Test
    void aDroppedMessageIsNotHandled() {
      W7sApp app =
          app(
              each -> each.park(parked),
              message -> {
                throw Reject.permanently("poison");
              });
      deliverJobs(app, message("m1", 1, "{\"n\":1}"));
      parked.sendAgain(QUEUE, "m1", sent);

      assertThat(parked.drop(QUEUE, "m1")).isTrue();
      assertThat(parked.drop(QUEUE, "m1")).isFalse();
      assertThat(deliverJobs(app, sent.take("w1", 1)).status()).isEqualTo(200);
      assertThat(handled).containsExactly(1);
    }
  }

  @Nested
  class Shared {

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
      W7sApp app =
          app(each -> each.park(parked), message -> seen.add(parkedMessage("m1").reason()));

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

  @Nested
  class StoresDown {

    @Test
    void nothingIsHandledWhileTheProcessedMessagesCannotBeReached() {
      var store = new BreakableProcessedMessages(processed);
      W7sApp app =
          worker()
              .consumption(each -> each.once(store).park(parked).time(time).listen(reports::add))
              .on(COUNTS, message -> handled.add(message.body().n()))
              .build();
      store.down = true;

      assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(503);
      assertThat(handled).isEmpty();
      store.down = false;
      assertThat(deliverJobs(app, ten(2)).status()).isEqualTo(200);
      assertThat(handled).hasSize(10);
    }

    @Test
    void nothingIsMarkedAsDoneWhileAMessageCannotBeParked() {
      var store = new BreakableParkedMessages(parked);
      W7sApp app =
          worker()
              .consumption(each -> each.once(processed).park(store).time(time).listen(reports::add))
              .on(COUNTS, message -> failOn(message, 4))
              .build();
      store.down = true;
      AppResponse response =
          deliverJobs(app, message("m1", 1, "{\"n\":\"one\"}"), message("m2", 1, "{\"n\":2}"));

      assertThat(response.status()).isEqualTo(503);
      assertThat(processed.done(QUEUE, List.of("m1", "m2"))).containsExactly("m2");
      store.down = false;
      time.advance(ofSeconds(10));
      assertThat(
              deliverJobs(app, message("m1", 2, "{\"n\":\"one\"}"), message("m2", 2, "{\"n\":2}"))
                  .status())
          .isEqualTo(200);
      assertThat(parkedMessage("m1").attempts()).isEqualTo(2);
    }
  }

  @Nested
  class Keys {

    @Test
    void twoMessagesWithTheSameKeyAreOne() {
      W7sApp app =
          worker()
              .consumption(
                  COUNTS,
                  each ->
                      each.once(processed, message -> "n" + message.body().n() % 2)
                          .time(time)
                          .listen(reports::add))
              .on(COUNTS, message -> handled.add(message.body().n()))
              .build();

      deliverJobs(app, ten(1));

      assertThat(handled).containsExactly(1, 2);
      assertThat(lastReport().skipped()).isEqualTo(8);
    }

    @Test
    void aMessageWithoutAKeyHasFailed() {
      W7sApp app =
          worker()
              .consumption(
                  COUNTS,
                  each ->
                      each.once(processed, message -> message.body().n() == 3 ? "" : "k")
                          .park(parked)
                          .attempts(1)
                          .time(time)
                          .listen(reports::add))
              .on(COUNTS, message -> handled.add(message.body().n()))
              .build();

      assertThat(deliverJobs(app, message("m3", 1, "{\"n\":3}")).status()).isEqualTo(200);

      assertThat(handled).isEmpty();
      assertThat(parkedMessage("m3").reason()).contains("from 1 to 200 characters");
    }
  }

  @Nested
  class Batches {

    @Test
    void aBatchHandlerGetsWhatIsNotDoneAndFailsSingleMessages() {
      var batches = new ArrayList<String>();
      W7sApp app =
          worker()
              .consumption(
                  each -> each.once(processed).park(parked).time(time).listen(reports::add))
              .onBatch(
                  COUNTS,
                  batch -> {
                    batches.add(
                        batch.messages().stream().map(QueueMessage::id).toList().toString());
                    for (QueueMessage<Count> message : batch.messages()) {
                      if (message.body().n() == 4) {
                        batch.fail(message, new IllegalStateException("cannot"));
                      }
                      if (message.body().n() == 5) {
                        batch.fail(message, Reject.permanently("never"));
                      }
                    }
                  })
              .build();

      assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(500);
      assertThat(lastReport().handled()).isEqualTo(8);
      deliverJobs(app, ten(2));

      assertThat(batches).containsExactly("[m1, m2, m3, m4, m5, m6, m7, m8, m9, m10]", "[m4]");
      assertThat(parkedMessage("m5").reason()).isEqualTo("never");
    }

    @Test
    void aBatchHandlerThatThrowsFailsAllOfThem() {
      W7sApp app =
          worker()
              .consumption(
                  each ->
                      each.once(processed).park(parked).attempts(1).time(time).listen(reports::add))
              .onBatch(
                  COUNTS,
                  batch -> {
                    throw new IllegalStateException("database down");
                  })
              .build();

      assertThat(deliverJobs(app, ten(1)).status()).isEqualTo(200);
      assertThat(lastReport().parked()).isEqualTo(10);
    }

    @Test
    void withoutConsumptionAFailedMessageBringsTheBatchBack() {
      W7sApp app =
          worker()
              .onBatch(
                  COUNTS,
                  batch -> batch.fail(batch.messages().get(3), new IllegalStateException("no")))
              .build();

      AppResponse response = deliverJobs(app, ten(1));

      assertThat(response.status()).isEqualTo(500);
      assertThat(response.failures()).hasSize(1);
      assertThat(response.failures().get(0).messageId()).contains("m4");
    }
  }

  @Test
  void eventsAreConsumedTheSameWay() {
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).park(parked).time(time).listen(reports::add))
            .on(
                CREATED,
                "events",
                event -> {
                  if (event.data().orderId().equals("o2")) {
                    throw Reject.permanently("unknown order");
                  }
                  assertThat(event.claim().key()).isEqualTo(event.messageId());
                })
            .build();

    AppResponse response =
        deliverEvents(
            app,
            message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
            message("m2", 1, event("orders.created", "{\"orderId\":\"o2\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(fates(lastReport())).containsExactly(Fate.HANDLED, Fate.PARKED);
    assertThat(parked.find("acme/worker/events", "m2")).isPresent();
  }

  @Test
  void interceptorsAreToldWhatBecameOfABatch() {
    var told = new ArrayList<BatchReport>();
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).time(time))
            .intercept(
                new HandlerInterceptor() {
                  @Override
                  public void intercept(HandlerInvocation handler) throws Exception {
                    handler.proceed();
                  }

                  @Override
                  public void delivered(BatchReport report) {
                    told.add(report);
                    throw new IllegalStateException("does not matter");
                  }
                })
            .on(COUNTS, message -> {})
            .build();

    AppResponse response = deliverJobs(app, ten(1));

    assertThat(told).hasSize(1);
    assertThat(response.report()).contains(told.get(0));
    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void theFirstRedeliveryWithoutConsumptionIsSaidOnce() {
    W7sApp app = worker().on(COUNTS, message -> {}).build();

    deliverJobs(app, ten(1));
    assertThat(advice).isEmpty();
    deliverJobs(app, ten(2));
    deliverJobs(app, ten(3));

    assertThat(advice).singleElement().asString().contains("m1", "consumption(");
  }

  @Nested
  class Settings {

    private void refused(Consumer<Consumption.Builder<Object>> settings, String rule) {
      assertThatThrownBy(() -> worker().on(COUNTS, m -> {}).consumption(settings).build())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(rule);
    }

    @Test
    void settingsThatDoNotFitTogetherAreRefused() {
      refused(each -> {}, "once(...)");
      refused(each -> each.once(processed).retry(sent), "park(...)");
      refused(each -> each.once(processed).neverTwice(), "park(...)");
      refused(each -> each.once(processed).attempts(2), "park(...)");
      refused(each -> each.once(processed).park(parked).attempts(5), "retry(...)");
      refused(each -> each.once(processed).attempts(0), "1 or more");
      refused(each -> each.once(processed).lease(Duration.ofMillis(10)), "1 second to 1 hour");
    }

    @Test
    void aWindowShorterThanThePlatformsOwnIsRefused() {
      var shortLived =
          new BreakableProcessedMessages(processed) {
            @Override
            public Duration window() {
              return ofDays(1);
            }
          };

      refused(each -> each.once(shortLived), "at least PT24H35S");
    }

    @Test
    void consumptionOfAQueueWithoutHandlerIsRefused() {
      assertThatThrownBy(
              () ->
                  worker()
                      .consumption("events", each -> each.once(processed))
                      .on(COUNTS, message -> {})
                      .build())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("a queue that has a handler");
    }
  }

  /** Passes everything on, unless it is down. */
  private static class BreakableProcessedMessages implements ProcessedMessages {

    private final ProcessedMessages store;
    boolean down;

    BreakableProcessedMessages(ProcessedMessages store) {
      this.store = store;
    }

    private ProcessedMessages store() {
      if (down) {
        throw new IllegalStateException("connection refused");
      }
      return store;
    }

    @Override
    public Duration window() {
      return store.window();
    }

    @Override
    public Set<String> done(String queue, Collection<String> keys) {
      return store().done(queue, keys);
    }

    @Override
    public ClaimResult claim(String queue, String key, Duration lease, boolean takeOver) {
      return store().claim(queue, key, lease, takeOver);
    }

    @Override
    public boolean renew(io.w7s.sdk.queue.Claim claim, Duration lease) {
      return store().renew(claim, lease);
    }

    @Override
    public boolean complete(io.w7s.sdk.queue.Claim claim) {
      return store().complete(claim);
    }

    @Override
    public void complete(String queue, String key) {
      store().complete(queue, key);
    }

    @Override
    public void release(io.w7s.sdk.queue.Claim claim) {
      store().release(claim);
    }
  }

  /** Passes everything on, unless it is down. */
  private static final class BreakableParkedMessages implements ParkedMessages {

    private final ParkedMessages store;
    boolean down;

    BreakableParkedMessages(ParkedMessages store) {
      this.store = store;
    }

    private ParkedMessages store() {
      if (down) {
        throw new IllegalStateException("connection refused");
      }
      return store;
    }

    @Override
    public boolean put(ParkedMessage message, @Nullable String formerToken) {
      return store().put(message, formerToken);
    }

    @Override
    public java.util.Optional<ParkedMessage> find(String queue, String key) {
      return store().find(queue, key);
    }

    @Override
    public List<ParkedMessage> list(
        String queue, ParkedMessage.State state, int limit, @Nullable ParkedMessage after) {
      return store().list(queue, state, limit, after);
    }

    @Override
    public long count(String queue, ParkedMessage.State state) {
      return store().count(queue, state);
    }

    @Override
    public List<ParkedMessage> overdue(String queue, java.time.Instant before, int limit) {
      return store().overdue(queue, before, limit);
    }

    @Override
    public boolean remove(ParkedMessage message) {
      return store().remove(message);
    }
  }
}

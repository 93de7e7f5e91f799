package io.w7s.sdk.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each message of a batch has its own fate, although the platform acknowledges whole batches. */
class ConsumptionTest extends ConsumptionTests {

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
                  assertThat(event.claim().key()).isEqualTo("acme/shop/" + event.id());
                })
            .build();

    AppResponse response =
        deliverEvents(
            app,
            message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
            message("m2", 1, secondEvent("{\"orderId\":\"o2\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(fates(lastReport())).containsExactly(Fate.HANDLED, Fate.PARKED);
    assertThat(parked.find("acme/worker/events", "acme/shop/e2")).isPresent();
  }

  private static String secondEvent(String data) {
    return event("orders.created", data).replace("\"e1\"", "\"e2\"");
  }

  @Test
  void anEventThatWasPublishedAgainIsTheSameEvent() {
    var handled = new ArrayList<String>();
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).time(time).listen(reports::add))
            .on(CREATED, "events", event -> handled.add(event.id()))
            .build();

    deliverEvents(app, message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")));
    deliverEvents(
        app,
        message("m2", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
        message("m3", 1, event("orders.created", "{}").replace("acme/shop", "acme/another")));

    assertThat(handled).containsExactly("e1", "e1");
    assertThat(fates(lastReport())).containsExactly(Fate.SKIPPED, Fate.HANDLED);
  }

  @Test
  void confirmsEventsByTheirIdOnceTheyAreDecided() {
    var confirmed = new ArrayList<String>();
    W7sApp app =
        worker()
            .consumption(
                each ->
                    each.once(processed)
                        .time(time)
                        .confirm(
                            (queue, ids) -> ids.forEach(id -> confirmed.add(queue + " " + id))))
            .on(
                CREATED,
                "events",
                event -> {
                  if (event.data().orderId().equals("o2")) {
                    throw new IllegalStateException("not yet");
                  }
                })
            .build();

    deliverEvents(
        app,
        message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")),
        message("m2", 1, secondEvent("{\"orderId\":\"o2\"}")));

    assertThat(confirmed).containsExactly("acme/worker/events e1");
  }

  @Test
  void aConfirmationThatFailsDoesNotFailTheMessage() {
    W7sApp app =
        worker()
            .consumption(
                each ->
                    each.once(processed, message -> "key")
                        .time(time)
                        .listen(reports::add)
                        .confirm(
                            (queue, ids) -> {
                              throw new IllegalStateException("down");
                            }))
            .on(CREATED, "events", event -> {})
            .build();

    AppResponse response =
        deliverEvents(app, message("m1", 1, event("orders.created", "{\"orderId\":\"o1\"}")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(fates(lastReport())).containsExactly(Fate.HANDLED);
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

  @Test
  void aBatchHandlerMayFailAnEqualMessage() {
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).park(parked).time(time).listen(reports::add))
            .onBatch(
                COUNTS,
                batch -> {
                  QueueMessage<Count> first = batch.messages().get(0);
                  QueueMessage<Count> copy =
                      QueueMessage.builder(first.body())
                          .id(first.id())
                          .attempt(first.attempt())
                          .enqueuedAt(first.enqueuedAt().orElse(null))
                          .caller(first.caller().orElse(null))
                          .build();
                  assertThat(copy).isEqualTo(first);
                  batch.fail(copy, Reject.permanently("copy"));
                })
            .build();
    deliverJobs(app, message("m1", 1, "{\"n\":1}"));

    assertThat(fates(lastReport())).containsExactly(Fate.PARKED);
  }

  @Test
  void aBatchHandlerMustSayWhyAMessageFailed() {
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).park(parked).time(time).listen(reports::add))
            .onBatch(COUNTS, batch -> batch.fail(batch.messages().get(0), null))
            .build();
    deliverJobs(app, message("m1", 1, "{\"n\":1}"));

    assertThat(fates(lastReport())).containsExactly(Fate.COMING_AGAIN);
    assertThat(lines()).anyMatch(line -> line.contains("reason"));
  }
}

package io.w7s.sdk.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.SteppedTime;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Messages, keys and handlers that are made to break the consumption of a queue. */
class ConsumptionEdgeTest extends AppRequests {

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
              each.once(processed).park(parked).time(time).listen(reports::add);
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

  private List<Fate> fates() {
    return reports.get(reports.size() - 1).messages().stream()
        .map(BatchReport.Message::fate)
        .toList();
  }

  @Test
  void aMessageIsNotMistakenForTheSecondRunOfAnotherOne() {
    W7sApp app =
        app(
            each -> {},
            message -> {
              if (message.body().n() == 1 && message.attempt() == 1) {
                throw Reject.permanently("not yet");
              }
            });
    deliverJobs(app, message("m1", 1, "{\"n\":1}"), message("m1#1", 1, "{\"n\":2}"));
    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("w1", 1));

    assertThat(handled).containsExactly(1, 2, 1);
  }

  @Test
  void aParkedMessageIsSentAgainWhereTheClockIsThatOfATest() {
    W7sApp app =
        app(
            each -> each.retry(sent),
            message -> {
              if (message.attempt() == 1) {
                throw Reject.permanently("not yet");
              }
            });
    deliverJobs(app, message("m1", 1, "{\"n\":1}"));
    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("w1", 1));

    assertThat(fates()).containsExactly(Fate.HANDLED);
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

    assertThat(fates()).containsExactly(Fate.PARKED);
  }

  @Test
  void aBatchHandlerMustSayWhyAMessageFailed() {
    W7sApp app =
        worker()
            .consumption(each -> each.once(processed).park(parked).time(time).listen(reports::add))
            .onBatch(COUNTS, batch -> batch.fail(batch.messages().get(0), null))
            .build();
    deliverJobs(app, message("m1", 1, "{\"n\":1}"));

    assertThat(fates()).containsExactly(Fate.COMING_AGAIN);
    assertThat(lines()).anyMatch(line -> line.contains("reason"));
  }

  @Test
  void veryLongWaits() {
    W7sApp app =
        app(
            each -> each.retry(sent),
            message -> {
              throw Retry.after(ofSeconds(Long.MAX_VALUE));
            });
    assertThat(deliverJobs(app, message("m1", 1, "{\"n\":1}")).status()).isEqualTo(200);
    assertThat(fates()).containsExactly(Fate.HELD);
    time.advance(ofDays(1));
    deliverJobs(app, sent.take("w1", 1));
    assertThat(fates()).containsExactly(Fate.HELD);
  }

  @Test
  void keysOfTheWrongKindOfQueueAreRefused() {
    assertThatThrownBy(
            () ->
                worker()
                    .consumption("jobs", each -> each.once(processed, event -> event.subject()))
                    .on(COUNTS, message -> {})
                    .build())
        .isInstanceOf(InvalidInputException.class);
  }
}

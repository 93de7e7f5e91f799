package io.w7s.sdk.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.Retry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that are held back and sent again by themselves. */
class HeldMessageTest extends ConsumptionTests {

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

    assertThat(parkedMessage("m1").reason()).isEqualTo("to be tried again after PT1S: rate limit");

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

  @Test
  void aWaitMayBeLongerThanAnyCalendar() {
    W7sApp app =
        app(
            each -> each.park(parked).retry(sent),
            message -> {
              throw Retry.after(ofSeconds(Long.MAX_VALUE));
            });
    assertThat(deliverJobs(app, message("m1", 1, "{\"n\":1}")).status()).isEqualTo(200);
    assertThat(fates(lastReport())).containsExactly(Fate.HELD);
    time.advance(ofDays(1));
    deliverJobs(app, sent.take("w1", 1));
    assertThat(fates(lastReport())).containsExactly(Fate.HELD);
  }
}

package io.w7s.sdk.app;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.Reject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parked messages that a person sends again or drops. */
class ParkedMessageTest extends ConsumptionTests {

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

  @Test
  void aMessageIsNotMistakenForTheSecondRunOfAnotherOne() {
    W7sApp app =
        app(
            each -> each.park(parked),
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
            each -> each.park(parked).retry(sent),
            message -> {
              if (message.attempt() == 1) {
                throw Reject.permanently("not yet");
              }
            });
    deliverJobs(app, message("m1", 1, "{\"n\":1}"));
    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("w1", 1));

    assertThat(fates(lastReport())).containsExactly(Fate.HANDLED);
  }

  /** Its handler may have run; who sends it again has looked. */
  @Test
  void aMessageThatWasAbandonedInItsLastDeliveryIsHandledWhenItIsSentAgain() {
    W7sApp app = app(each -> each.park(parked).neverTwice().longestWait(ofSeconds(1)), m -> {});
    processed.claim(QUEUE, "m1", ofSeconds(10), true);
    deliverJobs(app, message("m1", 4, "{\"n\":1}"));
    assertThat(parkedMessage("m1").isUndecided()).isTrue();
    time.advance(ofSeconds(10));

    parked.sendAgain(QUEUE, "m1", sent);
    deliverJobs(app, sent.take("w1", 1));

    assertThat(handled).containsExactly(1);
    assertThat(parked.find(QUEUE, "m1")).isEmpty();
  }
}

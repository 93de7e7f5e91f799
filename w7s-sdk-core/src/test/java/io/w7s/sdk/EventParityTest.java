package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Outcome;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every publish does, blocking and async alike. */
class EventParityTest extends ClientParity {

  @TestFactory
  Stream<DynamicTest> events() {
    PublishReceipt receipt =
        new PublishReceipt(
            "e1", "orders.created", AppId.parse("acme/shop"), SteppedTime.START, List.of());
    rule(
        "an event gets a random id and the time of publishing, and is not repeatable",
        List.of(Outcome.success(receipt)),
        w7s -> w7s.events().publish(CREATED, JOB),
        w7s -> w7s.events().publishAsync(CREATED, JOB),
        outcome -> {
          EventPublish publish = outcome.onlySent(EventPublish.class);
          assertThat(publish.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab].{16}");
          assertThat(publish.time()).isEqualTo(SteppedTime.START);
          assertThat(publish.source()).hasToString("acme/shop");
          assertThat(publish.repeatable()).isFalse();
          assertThat(outcome.result()).isEqualTo(receipt);
        });
    rule(
        "an event with the caller's id is retried when its delivery is unknown",
        List.of(CUT, Outcome.success(receipt)),
        w7s -> w7s.events().publish(CREATED, JOB, publish -> publish.id("e1")),
        w7s -> w7s.events().publishAsync(CREATED, JOB, publish -> publish.id("e1")),
        outcome -> assertThat(outcome.result()).isEqualTo(receipt));
    return tests.stream();
  }
}

package io.w7s.sdk.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.EventDeliveryException;
import io.w7s.sdk.error.EventDeliveryException.MissedSubscriber;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PublishReceiptTest {

  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");

  private static PublishReceipt receipt(Delivery... deliveries) {
    return new PublishReceipt(
        "ord_1", "orders.created", AppId.parse("acme/shop"), NOON, List.of(deliveries));
  }

  private static Delivery delivery(String app, Status status, String error) {
    return new Delivery(AppId.parse(app), "events", status, Optional.ofNullable(error));
  }

  private static final Delivery ENQUEUED = delivery("acme/mail", Status.ENQUEUED, null);
  private static final Delivery SKIPPED = delivery("acme/audit", Status.SKIPPED, null);
  private static final Delivery FAILED =
      delivery("acme/worker", Status.FAILED, "the subscriber responded with 403");

  @Test
  void returnsItselfWhenNoSubscriberMissesTheEvent() {
    PublishReceipt receipt = receipt(ENQUEUED, SKIPPED);

    assertThat(receipt.orThrow()).isSameAs(receipt);
    assertThat(receipt.complete()).isTrue();
    assertThat(receipt.reachedNobody()).isFalse();
  }

  @Test
  void throwsWhenASubscriberMissesTheEvent() {
    PublishReceipt receipt = receipt(ENQUEUED, FAILED, SKIPPED);

    EventDeliveryException failure =
        catchThrowableOfType(EventDeliveryException.class, receipt::orThrow);

    assertThat(failure)
        .isInstanceOf(CallException.class)
        .hasMessage(
            "event publish to orders.created did not reach 1 of 3 subscribers: acme/worker/events"
                + " (the subscriber responded with 403); publish it again with the id ord_1");
    assertThat(failure.eventId()).isEqualTo("ord_1");
    assertThat(failure.operation()).isEqualTo("event publish");
    assertThat(failure.target()).isEqualTo("orders.created");
    assertThat(failure.retryable()).isTrue();
    assertThat(failure.missed())
        .singleElement()
        .satisfies(
            missed -> {
              assertThat(missed.app()).isEqualTo(AppId.parse("acme/worker"));
              assertThat(missed.queue()).isEqualTo("events");
              assertThat(missed.error()).hasValue("the subscriber responded with 403");
            });
    assertThat(receipt.complete()).isFalse();
  }

  @Test
  void saysThatItReachedNobodyAndDoesNotThrow() {
    PublishReceipt receipt = receipt();

    assertThat(receipt.reachedNobody()).isTrue();
    assertThat(receipt.orThrow()).isSameAs(receipt);
    assertThat(receipt).asString().contains("no subscribers");
  }

  @Test
  void boundsAndEscapesTheMessage() {
    String forged = "no\r\n12:00:00 ERROR forged " + "x".repeat(10_000);
    PublishReceipt receipt =
        new PublishReceipt(
            "id\nforged",
            "orders.created",
            AppId.parse("acme/shop"),
            NOON,
            IntStream.range(0, 1000)
                .mapToObj(i -> delivery("acme/worker" + i, Status.FAILED, forged))
                .toList());

    assertThatThrownBy(receipt::orThrow)
        .hasMessageContaining("did not reach 1000 of 1000 subscribers")
        .hasMessageContaining(" and 995 more")
        .satisfies(
            failure ->
                assertThat(failure.getMessage()).hasSizeLessThan(1500).doesNotContain("\n", "\r"));
  }

  @Test
  void throwsAnExceptionThatCanBeSerialized() throws Exception {
    EventDeliveryException failure =
        catchThrowableOfType(EventDeliveryException.class, receipt(FAILED)::orThrow);
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      var copy = (EventDeliveryException) in.readObject();
      assertThat(copy.missed())
          .extracting(MissedSubscriber::toString)
          .containsExactly("acme/worker/events");
      assertThat(copy.eventId()).isEqualTo("ord_1");
    }
  }

  @Test
  void isEqualToAReceiptWithTheSameValues() {
    assertThat(receipt(FAILED))
        .isEqualTo(
            receipt(delivery("acme/worker", Status.FAILED, "the subscriber responded with 403")))
        .hasSameHashCodeAs(receipt(FAILED))
        .isNotEqualTo(receipt(SKIPPED));
  }
}

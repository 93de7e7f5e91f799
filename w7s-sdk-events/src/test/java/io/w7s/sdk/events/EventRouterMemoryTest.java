package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What happens to an event that is published again, and when its memory fails. */
class EventRouterMemoryTest extends RoutedShop {

  @Test
  void deliversARepeatedEventOnlyWhereItIsMissing() {
    router.publish(PUBLISHER, event("e1"), outlet.failing(MAILS, "down"));
    outlet.taking(MAILS).asked.clear();

    PublishReceipt again = router.publish(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(MAILS);
    assertThat(again.deliveries()).containsExactly(skipped(AUDIT), enqueued(MAILS), skipped(STATS));
    assertThat(again.complete()).isTrue();
    assertThat(books).filteredOn(entry -> entry.startsWith("delivered")).hasSize(3);
  }

  @Test
  void tellsEventsApartByTheirId() {
    router.publish(PUBLISHER, event("e1"), outlet);
    outlet.asked.clear();

    EventPublish otherData = event("e1", "orders.created", time.now(), "2".getBytes(UTF_8));
    router.publish(PUBLISHER, otherData, outlet);
    assertThat(outlet.asked).isEmpty();

    router.publish(PUBLISHER, event("e2"), outlet);
    assertThat(outlet.asked).hasSize(3);
  }

  @Test
  void tellsEqualIdsOfTwoPublishersApart() {
    AppId outletShop = AppId.parse("acme/outlet");
    registry.allowPublish(outletShop, PRODUCTION, CREATED);
    router.publish(PUBLISHER, event("e1"), outlet);
    outlet.asked.clear();

    router.publish(new Caller(outletShop, PRODUCTION), event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(AUDIT, MAILS, STATS);
  }

  @Test
  void deliversARepeatedEventToALaterSubscriber() {
    router.publish(PUBLISHER, event("e1"), outlet);
    outlet.asked.clear();
    Subscriber late = Subscriber.of("acme/late", "events");
    registry.subscribe(late.app(), PRODUCTION, CREATED, "events");

    router.publish(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(late);
  }

  @Test
  void makesASecondPublishWaitForTheFirst() {
    var slow = new CompletableFuture<String>();
    outlet.answering(AUDIT, slow).failing(MAILS, "down");
    CompletableFuture<PublishReceipt> first = router.publishAsync(PUBLISHER, event("e1"), outlet);
    outlet.asked.clear();

    CompletableFuture<PublishReceipt> second = router.publishAsync(PUBLISHER, event("e1"), outlet);
    CompletableFuture<PublishReceipt> third = router.publishAsync(PUBLISHER, event("e1"), outlet);
    assertThat(outlet.asked).isEmpty();

    outlet.taking(MAILS);
    slow.complete("there");
    assertThat(first.join().failed()).hasSize(1);
    assertThat(outlet.asked).containsExactly(MAILS);
    assertThat(books).filteredOn(entry -> entry.startsWith("published")).hasSize(3);
    assertThat(List.of(second.join(), third.join()))
        .allSatisfy(receipt -> assertThat(receipt.complete()).isTrue())
        .extracting(receipt -> receipt.deliveries().get(1).status())
        .containsExactlyInAnyOrder(Status.ENQUEUED, Status.SKIPPED);
  }

  @Test
  void countsACancelledPublish() {
    var slow = new CompletableFuture<String>();
    outlet.answering(AUDIT, slow);
    router.publishAsync(PUBLISHER, event("e1"), outlet).cancel(true);

    CompletableFuture<PublishReceipt> second = router.publishAsync(PUBLISHER, event("e1"), outlet);
    assertThat(second).isNotDone();
    slow.complete("there");

    assertThat(second.join().deliveries())
        .containsExactly(skipped(AUDIT), skipped(MAILS), skipped(STATS));
  }

  @Test
  void goesOnWhereADeadRouterStopped() {
    DeliveredEvents durable = DeliveredEvents.inMemory(time);
    outlet.answering(MAILS, new CompletableFuture<>()); // no answer any more
    EventRouter died = EventRouter.builder(registry).time(time).delivered(durable).build();
    assertThat(died.publishAsync(PUBLISHER, event("e1"), outlet)).isNotDone();
    outlet.taking(MAILS).asked.clear();

    PublishReceipt receipt =
        EventRouter.builder(registry)
            .time(time)
            .delivered(durable)
            .build()
            .publish(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(MAILS);
    assertThat(receipt.complete()).isTrue();
  }

  @Test
  void letsTheNextPublishInAfterAnError() {
    SubscriberQueues broken =
        (to, publisher, message) -> {
          throw new StackOverflowError();
        };
    assertThatThrownBy(() -> router.publish(PUBLISHER, event("e1"), broken))
        .isInstanceOf(StackOverflowError.class);

    assertThat(router.publish(PUBLISHER, event("e1"), outlet).complete()).isTrue();
  }

  @Test
  void refusesAnEventWhenTheMemoryCannotBeRead() {
    DeliveredEvents broken =
        new DeliveredEvents() {
          @Override
          public java.util.Set<Subscriber> subscribers(Caller publisher, String id) {
            throw new IllegalStateException("no connection");
          }

          @Override
          public void add(Caller publisher, String id, Subscriber subscriber) {}
        };
    EventRouter forgetful = EventRouter.builder(registry).delivered(broken).build();

    assertThatThrownBy(() -> forgetful.publish(PUBLISHER, event("e1"), outlet))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no connection");
    assertThat(outlet.asked).isEmpty();
  }

  @Test
  void deliversWhenTheMemoryCannotBeWritten() {
    DeliveredEvents readOnly =
        new DeliveredEvents() {
          @Override
          public java.util.Set<Subscriber> subscribers(Caller publisher, String id) {
            return java.util.Set.of();
          }

          @Override
          public void add(Caller publisher, String id, Subscriber subscriber) {
            throw new IllegalStateException("disk full");
          }
        };

    assertThat(
            EventRouter.builder(registry)
                .delivered(readOnly)
                .build()
                .publish(PUBLISHER, event("e1"), outlet)
                .failed())
        .isEmpty();
  }
}

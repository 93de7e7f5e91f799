package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which subscribers get an event, and what the publisher is told. */
class EventRouterTest extends RoutedShop {

  @Test
  void handsTheSameMessageToEverySubscriberInOrder() {
    PublishReceipt receipt = router.publish(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(AUDIT, MAILS, STATS);
    assertThat(outlet.messages).allMatch(message -> message == outlet.messages.get(0));
    assertThat(outlet.text())
        .isEqualTo(
            "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                + "\"time\":\"2026-05-25T12:00:00.000Z\",\"data\":{ \"n\":1.50 }}");
    assertThat(receipt)
        .isEqualTo(
            new PublishReceipt(
                "e1",
                "orders.created",
                SHOP,
                ManualTime.START,
                List.of(enqueued(AUDIT), enqueued(MAILS), enqueued(STATS))));
  }

  @Test
  void redeliversToOneSubscriberWhatItHas() {
    EventPublish event = event("e1");
    router.publish(PUBLISHER, event, outlet);
    outlet.asked.clear();
    var lost =
        new EventPublish(
            event.source(),
            event.id(),
            event.subject(),
            event.time(),
            event.data(),
            null,
            true,
            false,
            MAILS.app() + "/" + MAILS.queue());

    PublishReceipt receipt = router.publish(PUBLISHER, lost, outlet);

    assertThat(outlet.asked).containsExactly(MAILS);
    assertThat(outlet.text()).doesNotContain("redeliver");
    assertThat(receipt.deliveries()).containsExactly(enqueued(MAILS));
  }

  @Test
  void takesTheHostsWordForThePublisherAndNotTheEvents() {
    EventPublish claimed = event("e1").from(AppId.parse("acme/imposter"));

    PublishReceipt receipt = router.publish(PUBLISHER, claimed, outlet);

    assertThat(receipt.source()).isEqualTo(SHOP);
    assertThat(outlet.text()).contains("\"source\":\"acme/shop\"").doesNotContain("imposter");
  }

  @Test
  void writesACloudEventWhenThePublisherAsksForOne() {
    router.publish(
        PUBLISHER,
        new EventPublish(
            SHOP, "e1", "orders.created", ManualTime.START, DATA, TRACE, true, true, null),
        outlet);

    assertThat(outlet.text())
        .isEqualTo(
            "{\"w7sform\":\"cloudevent\",\"specversion\":\"1.0\",\"id\":\"e1\","
                + "\"type\":\"orders.created\",\"subject\":\"orders.created\","
                + "\"source\":\"acme/shop\",\"time\":\"2026-05-25T12:00:00.000Z\","
                + "\"traceparent\":\""
                + TRACE
                + "\",\"data\":{ \"n\":1.50 }}");
  }

  @Test
  void keepsTheTimeOfThePublisher() {
    Instant then = Instant.parse("2020-01-02T03:04:05.678Z");
    PublishReceipt receipt =
        router.publish(PUBLISHER, event("e1", "orders.created", then, DATA), outlet);

    assertThat(receipt.time()).isEqualTo(then);
    assertThat(outlet.text()).contains("\"time\":\"2020-01-02T03:04:05.678Z\"");
  }

  @Test
  void publishesAnEventWithoutSubscribers() {
    SubjectRef<Object> deleted = SubjectRef.of("orders.deleted", Object.class);
    registry.allowPublish(SHOP, PRODUCTION, deleted);

    PublishReceipt receipt = router.publish(PUBLISHER, event("e1", "orders.deleted"), outlet);

    assertThat(receipt.deliveries()).isEmpty();
    assertThat(receipt.complete()).isTrue();
    assertThat(books).containsExactly("published orders.deleted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders.deleted", "Orders.created", "orders"})
  void refusesASubjectThatThePublisherDoesNotDeclare(String subject) {
    assertThatThrownBy(() -> router.publish(PUBLISHER, event("e1", subject), outlet))
        .isInstanceOfSatisfying(
            ForbiddenException.class, e -> assertThat(e.status()).isEqualTo(403))
        .hasMessageContaining("acme/shop (production)")
        .hasMessageContaining("events.publish")
        .hasMessageContaining(subject);
    assertThat(outlet.asked).isEmpty();
    assertThat(books).isEmpty();
  }

  @Test
  void reportsARefusalThroughTheFuture() {
    assertThat(router.publishAsync(PUBLISHER, event("e1", "orders"), outlet))
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(ForbiddenException.class);
  }

  @Test
  void keepsAnEventInThePublishersEnvironment() {
    Environment branch = Environment.of("feature");
    registry.allowPublish(SHOP, branch, CREATED).subscribe(STATS.app(), branch, CREATED, "stats");

    PublishReceipt receipt = router.publish(new Caller(SHOP, branch), event("e1"), outlet);

    assertThat(receipt.deliveries()).containsExactly(enqueued(STATS));
    Environment other = Environment.of("other");
    assertThatThrownBy(() -> router.publish(new Caller(SHOP, other), event("e1"), outlet))
        .isInstanceOf(ForbiddenException.class);
  }

  @ParameterizedTest
  @CsvSource({"zoo, true", "zoo/watch, true", "zoo/other, false", "other, false"})
  void deliversToAnotherOwnerOnlyWhatThePublisherAllows(String allow, boolean gets) {
    Subscriber foreign = Subscriber.of("zoo/watch", "events");
    registry
        .subscribe(foreign.app(), PRODUCTION, CREATED, "events")
        .put(
            SHOP,
            PRODUCTION,
            Manifest.empty().withPublished("orders.created").withEventsAllow(allow));

    PublishReceipt receipt = router.publish(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).startsWith(AUDIT, MAILS, STATS).hasSize(gets ? 4 : 3);
    assertThat(receipt.deliveries().contains(enqueued(foreign))).isEqualTo(gets);
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, ENQUEUED",
    "true, false, FAILED",
    "false, true, NONE",
    "false, false, NONE"
  })
  void needsTheConsentOfPublisherAndSubscriberAcrossOwners(
      boolean eventsAllow, boolean queueAllow, String expected) {
    Subscriber foreign = Subscriber.of("zoo/watch", "events");
    Manifest shop = Manifest.empty().withPublished("orders.created");
    registry
        .subscribe(foreign.app(), PRODUCTION, CREATED, "events")
        .put(SHOP, PRODUCTION, eventsAllow ? shop.withEventsAllow("zoo") : shop);
    if (!queueAllow) {
      outlet.failing(foreign, "zoo/watch does not allow acme/shop");
    }

    assertThat(router.publish(PUBLISHER, event("e1"), outlet).deliveries())
        .filteredOn(delivery -> delivery.app().equals(foreign.app()))
        .extracting(delivery -> delivery.status().name())
        .isEqualTo(expected.equals("NONE") ? List.of() : List.of(expected));
  }

  @Test
  void deliversToTheOthersWhenOneFails() {
    outlet.failing(MAILS, "the queue is full");

    PublishReceipt receipt = router.publish(PUBLISHER, event("e1"), outlet);

    assertThat(receipt.deliveries())
        .containsExactly(
            enqueued(AUDIT),
            new Delivery(MAILS.app(), "mails", Status.FAILED, Optional.of("the queue is full")),
            enqueued(STATS));
    assertThat(receipt.complete()).isFalse();
    assertThat(books)
        .containsExactly(
            "published orders.created",
            "delivered to acme/audit/events",
            "delivered to acme/worker/stats");
  }

  static Stream<Arguments> brokenQueues() {
    SubscriberQueues throwing =
        (to, publisher, message) -> {
          throw new IllegalArgumentException();
        };
    SubscriberQueues returningNull = (to, publisher, message) -> null;
    return Stream.of(
        arguments(throwing, "java.lang.IllegalArgumentException"),
        arguments(returningNull, "enqueue(...) has returned null"));
  }

  @ParameterizedTest
  @MethodSource("brokenQueues")
  void failsOneDeliveryWhenItsQueueIsBroken(SubscriberQueues broken, String reason) {
    SubscriberQueues queues =
        (to, publisher, message) ->
            (to.equals(AUDIT) ? broken : outlet).enqueue(to, publisher, message);

    PublishReceipt receipt = router.publish(PUBLISHER, event("e1"), queues);

    assertThat(receipt.failed())
        .containsExactly(new Delivery(AUDIT.app(), "events", Status.FAILED, Optional.of(reason)));
    assertThat(outlet.asked).containsExactly(MAILS, STATS);
  }

  @Test
  void asksAllSubscribersBeforeItWaitsForOne() {
    var slow = new CompletableFuture<String>();
    outlet.answering(AUDIT, slow);

    CompletableFuture<PublishReceipt> receipt = router.publishAsync(PUBLISHER, event("e1"), outlet);

    assertThat(outlet.asked).containsExactly(AUDIT, MAILS, STATS);
    assertThat(receipt).isNotDone();
    slow.complete("there");
    assertThat(receipt.join().deliveries())
        .containsExactly(enqueued(AUDIT), enqueued(MAILS), enqueued(STATS));
  }

  @Test
  void refusesAnEventOverThePlatformsLimit() {
    byte[] fits = ("\"" + "x".repeat(65_400) + "\"").getBytes(UTF_8);
    byte[] tooLarge = ("\"" + "x".repeat(65_500) + "\"").getBytes(UTF_8);

    assertThat(
            router
                .publish(PUBLISHER, event("e", "orders.created", time.now(), fits), outlet)
                .complete())
        .isTrue();
    outlet.asked.clear();
    assertThatThrownBy(
            () ->
                router.publish(
                    PUBLISHER, event("e1", "orders.created", time.now(), tooLarge), outlet))
        .isInstanceOf(PayloadTooLargeException.class)
        .hasMessageContaining("at most 65536 are allowed");
    assertThat(outlet.asked).isEmpty();
  }

  @Test
  void deliversNothingWhenTheMeterRefuses() {
    EventMeter full =
        new EventMeter() {
          @Override
          public void publish(Caller publisher, String subject) {
            throw new IllegalStateException("enough for today");
          }
        };
    EventRouter metered = EventRouter.builder(registry).meter(full).build();

    assertThatThrownBy(() -> metered.publish(PUBLISHER, event("e1"), outlet))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough for today");
    assertThat(metered.publishAsync(PUBLISHER, event("e1"), outlet)).isCompletedExceptionally();
    assertThat(outlet.asked).isEmpty();
    assertThatThrownBy(() -> metered.publish(PUBLISHER, event("e1", "orders"), outlet))
        .as("without permission the meter is not asked")
        .isInstanceOf(ForbiddenException.class);
  }

  @Test
  void deliversAlthoughTheMeterFailsAfterwards() {
    EventMeter broken =
        new EventMeter() {
          @Override
          public void delivered(Caller publisher, String subject, Subscriber to) {
            throw new IllegalStateException("no connection");
          }
        };

    assertThat(
            EventRouter.builder(registry)
                .meter(broken)
                .build()
                .publish(PUBLISHER, event("e1"), outlet)
                .complete())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 1_000})
  void deliversToAnyNumberOfSubscribers(int count) {
    var many = new EventRegistry().allowPublish(SHOP, PRODUCTION, CREATED);
    IntStream.range(0, count)
        .forEach(
            i -> many.subscribe(AppId.parse("acme/worker" + i), PRODUCTION, CREATED, "events"));

    PublishReceipt receipt = EventRouter.of(many).publish(PUBLISHER, event("e1"), outlet);

    assertThat(receipt.deliveries()).hasSize(count).doesNotHaveDuplicates();
    assertThat(receipt.complete()).isTrue();
    assertThat(outlet.asked).isSorted();
  }

  @Test
  void canAllowAnyPublisher() {
    EventRouter open = EventRouter.of(registry.allowAnyPublisher());
    Caller anybody = new Caller(AppId.parse("acme/anybody"), PRODUCTION);

    assertThat(open.publish(anybody, event("e1"), outlet).deliveries()).hasSize(3);
    Caller foreigner = new Caller(AppId.parse("zoo/anybody"), PRODUCTION);
    assertThat(open.publish(foreigner, event("e1"), outlet).deliveries()).isEmpty();
  }
}

package io.w7s.sdk.app;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Settings of consumption that do not fit together. */
class ConsumptionSettingsTest extends ConsumptionTests {

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
  void aQueueWhoseMessagesCannotBeConfirmedIsNamed() {
    worker()
        .on(COUNTS, m -> {})
        .on(SubjectRef.of("orders.created", Object.class), "events", event -> {})
        .consumption(each -> each.once(processed).confirm((queue, ids) -> {}))
        .build();
    worker()
        .on(COUNTS, m -> {})
        .consumption(COUNTS, each -> each.once(processed, m -> "key").confirm((queue, ids) -> {}))
        .build();

    assertThat(log.list)
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning.getFormattedMessage())
                    .contains("queue " + COUNTS.name())
                    .contains("once(processed, key)"));
  }

  @Test
  void aWindowShorterThanThePlatformsOwnIsRefused() {
    var shortLived =
        new AroundProcessedMessages(processed, () -> {}, () -> {}) {
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

package io.w7s.sdk.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveredEventsTest {

  private static final Caller SHOP = new Caller(AppId.parse("acme/shop"), Environment.PRODUCTION);
  private static final Subscriber MAILS = Subscriber.of("acme/worker", "mails");
  private static final Subscriber STATS = Subscriber.of("acme/worker", "stats");

  private final ManualTime time = new ManualTime();
  private final DeliveredEvents memory = DeliveredEvents.inMemory(time, 2, Duration.ofMinutes(10));

  @Test
  void remembersWhichSubscriberHasWhichEvent() {
    memory.add(SHOP, "e1", MAILS);
    memory.add(SHOP, "e1", STATS);
    memory.add(SHOP, "e2", STATS);

    assertThat(memory.subscribers(SHOP, "e1")).containsExactlyInAnyOrder(MAILS, STATS);
    assertThat(memory.subscribers(SHOP, "e2")).containsExactly(STATS);
    assertThat(memory.subscribers(SHOP, "e3")).isEmpty();
    Caller branch = new Caller(SHOP.app(), Environment.of("feature"));
    assertThat(memory.subscribers(branch, "e1")).isEmpty();
  }

  @Test
  void remembersAtLeastTheGivenNumberAndAtMostTwiceAsMany() {
    for (int i = 0; i < 100; i++) {
      memory.add(SHOP, "e" + i, MAILS);
      memory.add(SHOP, "e" + i, STATS);

      long remembered =
          IntStream.rangeClosed(0, i)
              .filter(event -> memory.subscribers(SHOP, "e" + event).size() == 2)
              .count();
      assertThat(remembered).isBetween(Math.min(2L, i + 1), 4L);
      assertThat(memory.subscribers(SHOP, "e" + i)).isNotEmpty();
      assertThat(memory.subscribers(SHOP, "e" + Math.max(0, i - 1))).isNotEmpty();
    }
  }

  @Test
  void forgetsAnEventAtItsAge() {
    memory.add(SHOP, "e1", MAILS);
    time.advance(Duration.ofMinutes(10).minusNanos(1));
    memory.add(SHOP, "e1", STATS);
    assertThat(memory.subscribers(SHOP, "e1")).hasSize(2);

    time.advance(Duration.ofNanos(1));
    assertThat(memory.subscribers(SHOP, "e1")).isEmpty();

    memory.add(SHOP, "e1", STATS);
    assertThat(memory.subscribers(SHOP, "e1")).containsExactly(STATS);
  }

  @Test
  void returnsASetThatDoesNotChange() {
    memory.add(SHOP, "e1", MAILS);
    var answer = memory.subscribers(SHOP, "e1");
    memory.add(SHOP, "e1", STATS);

    assertThat(answer).containsExactly(MAILS);
  }

  @Test
  void refusesANumberOrAgeThatIsNotPositive() {
    assertThatThrownBy(() -> DeliveredEvents.inMemory(time, 0, Duration.ofHours(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("remembered events: found 0, must be at least 1");
    assertThatThrownBy(() -> DeliveredEvents.inMemory(time, 1, Duration.ZERO))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must be positive");
  }
}

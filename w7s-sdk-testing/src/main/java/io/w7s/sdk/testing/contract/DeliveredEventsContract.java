package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.events.DeliveredEvents;
import io.w7s.sdk.events.Subscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every memory of delivered events must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class RedisDeliveredEventsTest extends DeliveredEventsContract {
 *   @Override protected DeliveredEvents store() { return store; }
 *   @Override protected Duration window() { return Duration.ofDays(2); }
 *   @Override protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>The memory may hold events of earlier tests: each test uses ids of its own.
 */
public abstract class DeliveredEventsContract {

  private static final int THREADS = 8;
  private static final Caller SHOP = new Caller(AppId.parse("acme/shop"), Environment.PRODUCTION);
  private static final Subscriber MAILS = Subscriber.of("acme/worker", "mails");
  private static final Subscriber STATS = Subscriber.of("acme/worker", "stats");
  private static final Subscriber AUDIT =
      new Subscriber(AppId.parse("other/audit"), "events", "/took/events");

  private final String id = UUID.randomUUID().toString();

  /** For the class that extends this. */
  protected DeliveredEventsContract() {}

  /** Returns the memory, the same within a test. */
  protected abstract DeliveredEvents store();

  /** Returns how long an event is remembered after its first delivery, at least 2 seconds. */
  protected abstract Duration window();

  /** Lets time pass for the memory. */
  protected abstract void pass(Duration time);

  private Set<Subscriber> subscribers(String id) {
    return store().subscribers(SHOP, id);
  }

  @Test
  void remembersWhichSubscribersHaveAnEvent() {
    assertThat(subscribers(id)).isEmpty();

    store().add(SHOP, id, MAILS);
    store().add(SHOP, id, AUDIT);
    store().add(SHOP, id + "2", STATS);

    assertThat(subscribers(id)).containsExactlyInAnyOrder(MAILS, AUDIT);
    assertThat(subscribers(id + "2")).containsExactly(STATS);
    assertThat(subscribers(id + "3")).isEmpty();
  }

  @Test
  void tellsPublishersAndEnvironmentsApart() {
    store().add(SHOP, id, MAILS);

    Caller branch = new Caller(SHOP.app(), Environment.of("feature"));
    Caller outlet = new Caller(AppId.parse("acme/outlet"), Environment.PRODUCTION);
    assertThat(store().subscribers(branch, id)).isEmpty();
    assertThat(store().subscribers(outlet, id)).isEmpty();
    store().add(branch, id, STATS);
    assertThat(subscribers(id)).containsExactly(MAILS);
    assertThat(store().subscribers(branch, id)).containsExactly(STATS);
  }

  @Test
  void tellsIdsApartByEveryCharacter() {
    List<String> ids =
        List.of(
            id + "a",
            id + "A",
            id + "a ",
            id + "ä",
            id + "%",
            id + "_",
            id + "'; --",
            id + "\n",
            id + "😀",
            id + "中".repeat(255 - id.length()));
    for (int i = 0; i < ids.size(); i++) {
      store().add(SHOP, ids.get(i), Subscriber.of("acme/worker", "queue" + i));
    }

    for (int i = 0; i < ids.size(); i++) {
      assertThat(subscribers(ids.get(i)))
          .containsExactly(Subscriber.of("acme/worker", "queue" + i));
    }
  }

  @Test
  void aDeliveryMayBeRememberedTwice() {
    store().add(SHOP, id, MAILS);
    store().add(SHOP, id, MAILS);

    assertThat(subscribers(id)).containsExactly(MAILS);
  }

  @Test
  void returnsASetThatDoesNotChange() {
    store().add(SHOP, id, MAILS);
    Set<Subscriber> before = subscribers(id);
    store().add(SHOP, id, STATS);

    assertThat(before).containsExactly(MAILS);
  }

  @Test
  void forgetsAnEventAfterItsWindowAndNotBefore() {
    store().add(SHOP, id, MAILS);
    store().add(SHOP, id, STATS);
    pass(window().minusSeconds(1));
    assertThat(subscribers(id)).containsExactlyInAnyOrder(MAILS, STATS);

    pass(Duration.ofSeconds(1));
    assertThat(subscribers(id)).isEmpty();

    store().add(SHOP, id, STATS);
    assertThat(subscribers(id)).containsExactly(STATS);
  }

  @Test
  void threadsRememberDeliveriesOfOneEvent() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Subscriber mine = Subscriber.of("acme/worker", "queue" + i);
        work.add(
            () -> {
              for (int n = 0; n < 10; n++) {
                store().add(SHOP, id + n, mine);
                store().add(SHOP, id + n, MAILS);
                assertThat(subscribers(id + n)).contains(mine, MAILS);
              }
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(work)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    for (int n = 0; n < 10; n++) {
      assertThat(subscribers(id + n)).hasSize(THREADS + 1);
    }
  }
}

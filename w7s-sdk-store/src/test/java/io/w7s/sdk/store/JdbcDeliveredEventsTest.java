package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.DeliveredEvents;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.Subscriber;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.testing.contract.DeliveredEventsContract;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The memory of delivered events on each database. */
class JdbcDeliveredEventsTest {

  private static final Caller SHOP = new Caller(AppId.parse("acme/shop"), Environment.PRODUCTION);
  private static final Subscriber MAILS = Subscriber.of("acme/worker", "mails");
  private static final Subscriber STATS = Subscriber.of("acme/worker", "stats");
  private static final SubjectRef<Object> CREATED = SubjectRef.of("orders.created", Object.class);

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }
  }

  @Nested
  class OnSqlite extends Contract {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends Contract {
    OnH2() {
      super(Databases.H2);
    }

    /** There it takes two statements. */
    @Test
    void aDeliveryIsRememberedThoughAnOlderOneIsPurgedMeanwhile() {
      DataSource dataSource = Databases.H2.dataSource();
      var time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
      JdbcDeliveredEvents other = JdbcDeliveredEvents.builder(dataSource).time(time).build();
      String id = UUID.randomUUID().toString();
      other.add(SHOP, id, MAILS);
      time.advance(JdbcDeliveredEvents.DEFAULT_WINDOW);
      var purged = new AtomicInteger();
      JdbcDeliveredEvents store =
          JdbcDeliveredEvents.builder(
                  preparing(
                      dataSource,
                      sql -> {
                        if (sql.startsWith("UPDATE w7s_delivered_event") && purged.get() == 0) {
                          purged.set(other.purge());
                        }
                      }))
              .time(time)
              .build();

      store.add(SHOP, id, MAILS);

      assertThat(purged).hasPositiveValue();
      assertThat(store.subscribers(SHOP, id)).containsExactly(MAILS);
    }

    private static DataSource preparing(DataSource dataSource, Consumer<String> before) {
      return Databases.proxy(
          DataSource.class,
          (proxy, method, args) -> {
            Object connection = method.invoke(dataSource, args);
            return Databases.proxy(
                Connection.class,
                (p, m, a) -> {
                  if (m.getName().equals("prepareStatement")) {
                    before.accept((String) a[0]);
                  }
                  return m.invoke(connection, a);
                });
          });
    }
  }

  abstract static class Contract extends DeliveredEventsContract {

    private final DataSource dataSource;
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final JdbcDeliveredEvents store;
    private final String id = UUID.randomUUID().toString();

    Contract(Databases database) {
      dataSource = database.dataSource();
      store = newStore();
    }

    private JdbcDeliveredEvents newStore() {
      return JdbcDeliveredEvents.builder(dataSource).time(time).build();
    }

    @Override
    protected DeliveredEvents store() {
      return store;
    }

    @Override
    protected Duration window() {
      return JdbcDeliveredEvents.DEFAULT_WINDOW;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    /** The first router dies before a subscriber's queue has answered. */
    @Test
    void aRouterThatIsStartedAgainDeliversOnlyWhatIsMissing() {
      EventRegistry registry =
          new EventRegistry()
              .allowPublish(SHOP.app(), Environment.PRODUCTION, CREATED)
              .subscribe(MAILS.app(), Environment.PRODUCTION, CREATED, "mails")
              .subscribe(STATS.app(), Environment.PRODUCTION, CREATED, "stats");
      byte[] data = "{}".getBytes(StandardCharsets.US_ASCII);
      var event = EventPublish.of(SHOP.app(), id, CREATED.name(), time.now(), data);
      EventRouter died = EventRouter.builder(registry).time(time).delivered(newStore()).build();
      List<Subscriber> first = new ArrayList<>();
      died.publishAsync(
          SHOP,
          event,
          (to, publisher, message) -> {
            first.add(to);
            return to.equals(MAILS)
                ? CompletableFuture.completedFuture("taken")
                : new CompletableFuture<>();
          });
      List<Subscriber> second = new ArrayList<>();

      PublishReceipt receipt =
          EventRouter.builder(registry)
              .time(time)
              .delivered(newStore())
              .build()
              .publish(
                  SHOP,
                  event,
                  (to, publisher, message) -> {
                    second.add(to);
                    return CompletableFuture.completedFuture("taken");
                  });

      assertThat(first).containsExactly(MAILS, STATS);
      assertThat(second).containsExactly(STATS);
      assertThat(receipt.deliveries())
          .extracting(Delivery::status)
          .containsExactly(Status.SKIPPED, Status.ENQUEUED);
      assertThat(newStore().subscribers(SHOP, id)).containsExactlyInAnyOrder(MAILS, STATS);
    }

    @Test
    void aQueueThatHasAnotherConsumerNowIsRememberedWithThat() {
      var moved = new Subscriber(MAILS.app(), MAILS.queue(), "/moved");
      store.add(SHOP, id, MAILS);
      store.add(SHOP, id, moved);

      assertThat(store.subscribers(SHOP, id)).containsExactly(moved);
    }

    @Test
    void purgesInChunksAndByItself() {
      int left; // by other tests
      do {
        left = store.purge();
      } while (left > 0);
      for (int i = 0; i < 1_100; i++) {
        store.add(SHOP, id + i, MAILS);
      }
      time.advance(window());
      assertThat(store.purge()).isEqualTo(1_000);
      store.add(SHOP, id, MAILS); // deletes the others

      assertThat(store.purge()).isZero();
      assertThat(store.subscribers(SHOP, id)).containsExactly(MAILS);
    }

    @Test
    void theWindowGoesByTheDatabasesClockWhenNoneIsSet() {
      JdbcDeliveredEvents real = JdbcDeliveredEvents.of(dataSource);
      real.add(SHOP, id, MAILS);
      real.purge();

      assertThat(real.subscribers(SHOP, id)).containsExactly(MAILS);
    }

    @Test
    void refusesWhatItCannotKeep() {
      for (String bad : List.of("a\u0000b", "\ud800", "x".repeat(256))) {
        assertThatThrownBy(() -> store.add(SHOP, bad, MAILS))
            .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> store.subscribers(SHOP, bad))
            .isInstanceOf(InvalidInputException.class);
      }
      for (Duration bad :
          List.of(
              Duration.ZERO, Duration.ofDays(-1), JdbcDeliveredEvents.MAX_WINDOW.plusNanos(1))) {
        assertThatThrownBy(() -> JdbcDeliveredEvents.builder(dataSource).window(bad))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("window");
      }
    }
  }
}

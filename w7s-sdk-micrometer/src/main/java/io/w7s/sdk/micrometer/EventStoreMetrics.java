package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.EventStore.OpenTransaction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * For how long a transaction that has appended events to an {@link EventStore} has been open
 * ({@code w7s.events.transaction.age}): nobody sees its events before it ends. 0 when there is
 * none; see {@link EventStore#oldestOpenTransaction()}.
 *
 * <p>It is read from the database as {@link OutboxMetrics} does.
 */
@SuppressWarnings("exports") // who has the store requires its module
public final class EventStoreMetrics implements MeterBinder {

  private final EventStore events;
  private final Iterable<Tag> tags;

  /** Makes meters of a store. */
  public EventStoreMetrics(EventStore events) {
    this(events, Tags.empty());
  }

  /**
   * Makes meters of a store.
   *
   * @param tags added to each meter, to tell two stores apart
   */
  public EventStoreMetrics(EventStore events, Iterable<Tag> tags) {
    this.events = requireNonNull(events, "events");
    this.tags = requireNonNull(tags, "tags");
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var reading = new DatabaseReading<>("the event store", this::age, registry.config().clock());
    TimeGauge.builder(
            "w7s.events.transaction.age",
            reading,
            TimeUnit.MILLISECONDS,
            each -> each.value(Duration::toMillis))
        .description("Since when the oldest transaction that has appended events is open")
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private Duration age() {
    return events.oldestOpenTransaction().map(OpenTransaction::age).orElse(Duration.ZERO);
  }
}

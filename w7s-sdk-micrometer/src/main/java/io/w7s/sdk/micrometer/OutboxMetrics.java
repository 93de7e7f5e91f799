package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * How far an {@link Outbox} is behind: how many messages wait or are parked ({@code
 * w7s.outbox.messages}), since when the oldest one waits ({@code w7s.outbox.age}), and how many
 * were sent and not confirmed in time ({@code w7s.outbox.unconfirmed}): those the platform has
 * lost, or their consumers are late.
 *
 * <pre>{@code
 * new OutboxMetrics(outbox).bindTo(meterRegistry);
 * }</pre>
 *
 * <p>A thread of their own reads them from the database when somebody asks, at most every 5
 * seconds. A caller waits for at most 200 ms, and then gets the values of the last minute. They are
 * NaN when there are none, or the database cannot be read.
 */
@SuppressWarnings("exports") // who has the store requires its module
public final class OutboxMetrics implements MeterBinder {

  private final Outbox outbox;
  private final Iterable<Tag> tags;

  /** Makes meters of an outbox. */
  public OutboxMetrics(Outbox outbox) {
    this(outbox, Tags.empty());
  }

  /**
   * Makes meters of an outbox.
   *
   * @param tags added to each meter, to tell two outboxes apart
   */
  public OutboxMetrics(Outbox outbox, Iterable<Tag> tags) {
    this.outbox = requireNonNull(outbox, "outbox");
    this.tags = requireNonNull(tags, "tags");
  }

  /** What is read at once. */
  private record Backlog(long ready, long parked, long appendedAt, long unconfirmed) {

    static Backlog of(Outbox outbox) {
      return new Backlog(
          outbox.count(OutboxEntry.State.READY),
          outbox.count(OutboxEntry.State.PARKED),
          outbox.list(OutboxEntry.State.READY, 1, 0).stream()
              .mapToLong(oldest -> oldest.appendedAt().toEpochMilli())
              .findFirst()
              .orElse(Long.MAX_VALUE),
          outbox.countUnconfirmed());
    }

    double age(long now) {
      return Math.max(0, now - Math.min(appendedAt, now));
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var clock = registry.config().clock();
    var reading = new DatabaseReading<>("the outbox", () -> Backlog.of(outbox), clock);
    messages(registry, reading, OutboxEntry.State.READY, Backlog::ready);
    messages(registry, reading, OutboxEntry.State.PARKED, Backlog::parked);
    TimeGauge.builder(
            "w7s.outbox.age",
            reading,
            TimeUnit.MILLISECONDS,
            each -> each.value(backlog -> backlog.age(clock.wallTime())))
        .description("Since when the oldest message of the outbox waits to be sent")
        .tags(tags)
        .strongReference(true)
        .register(registry);
    Gauge.builder("w7s.outbox.unconfirmed", reading, each -> each.value(Backlog::unconfirmed))
        .description("Messages that were sent and not confirmed in time: lost or late")
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void messages(
      MeterRegistry registry,
      DatabaseReading<Backlog> reading,
      OutboxEntry.State state,
      ToDoubleFunction<Backlog> count) {
    Gauge.builder("w7s.outbox.messages", reading, each -> each.value(count))
        .description("Messages and events in the outbox")
        .tags(tags)
        .tag("w7s.state", state.name().toLowerCase(Locale.ROOT))
        .strongReference(true)
        .register(registry);
  }
}

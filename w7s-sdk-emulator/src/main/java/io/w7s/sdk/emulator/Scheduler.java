package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.internal.wire.ScheduleDelivery;
import io.w7s.sdk.manifest.Manifest.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fires what is due, each schedule at most once for a minute. Thread-safe. */
final class Scheduler extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  /** How long it is remembered that a schedule fired. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private static final Comparator<Schedule> IN_ORDER =
      Comparator.comparing((Schedule schedule) -> schedule.cron().toString())
          .thenComparing(Schedule::path);

  private final Registry registry;
  private final UsageLedger usage;
  private final Timeline timeline;
  private final PlatformListener listener;
  private final Set<Fired> fired = new HashSet<>();

  Scheduler(Registry registry, UsageLedger usage, Timeline timeline, PlatformListener listener) {
    super(false);
    this.registry = registry;
    this.usage = usage;
    this.timeline = timeline;
    this.listener = listener;
  }

  private record Fired(Caller owner, Schedule schedule, Instant minute) {}

  /** Puts itself on the agenda for the next minute in which anything is due. */
  void arm() {
    Instant now = timeline.now();
    Optional<Instant> next =
        registry.all().stream()
            .flatMap(target -> target.manifest().schedules().stream())
            .flatMap(schedule -> schedule.cron().next(now).stream())
            .min(Comparator.naturalOrder());
    if (next.isPresent()) {
      timeline.agenda().schedule(this, timeline.nanosAfter(Duration.between(now, next.get())));
    } else {
      timeline.agenda().cancel(this);
    }
  }

  @Override
  protected void run() {
    try {
      tick(timeline.now());
    } finally {
      arm();
    }
  }

  @Override
  public String toString() {
    return "schedules";
  }

  /**
   * Fires what is due in the minute of an instant and has not been yet: in the order of
   * environment, owner and repository, and in an app of cron text and path.
   */
  List<ScheduleOutcome> tick(Instant at) {
    Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
    var outcomes = new ArrayList<ScheduleOutcome>();
    for (DeployedApp target : registry.all()) {
      List<Schedule> due =
          target.manifest().schedules().stream()
              .filter(schedule -> schedule.cron().isDue(at))
              .sorted(IN_ORDER)
              .toList();
      for (Schedule schedule : due) {
        if (first(new Fired(target.identity(), schedule, minute))) {
          outcomes.add(
              new ScheduleOutcome(target.identity(), schedule, fire(target, schedule, minute)));
        }
      }
    }
    return outcomes;
  }

  private synchronized boolean first(Fired now) {
    fired.removeIf(before -> before.minute().isBefore(now.minute().minus(REMEMBERED)));
    return fired.add(now);
  }

  /** Fires one schedule, due or not, fired before or not. */
  Delivery fire(DeployedApp target, Schedule schedule, Instant minute) {
    Delivery delivery = deliver(target, schedule, minute);
    if (delivery.outcome() != Delivery.Outcome.DONE) {
      log.warn(
          "schedule {} of {} {}: {}",
          schedule.cron(),
          target.identity(),
          delivery.outcome(),
          delivery.cause());
    }
    listener.fired(target.identity(), schedule, minute, delivery);
    return delivery;
  }

  private Delivery deliver(DeployedApp target, Schedule schedule, Instant minute) {
    Caller owner = target.identity();
    if (target.endpoint() == null) {
      return Delivery.failed(owner + " has no backend");
    }
    try {
      usage.admit(Metric.SCHEDULE_DELIVERY, target.account(), 1, minute);
    } catch (Refusal over) {
      return Delivery.dropped(over.words());
    }
    String cron = schedule.cron().toString();
    byte[] json =
        new ScheduleDelivery(cron, minute, owner.app().toString(), owner.environment().name())
            .toJson();
    return Dispatch.delivery(
        target,
        schedule.path(),
        Dispatch.deliver(
            target,
            schedule.path(),
            target
                .deliveryHeaders(schedule.path())
                .with("x-w7s-schedule", "1")
                .with("x-w7s-schedule-cron", cron)
                .with("x-w7s-schedule-time", Envelope.text(minute)),
            json));
  }
}

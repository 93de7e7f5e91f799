package io.w7s.sdk.emulator.internal.schedule;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Dispatch;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Envelope;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.schedule.FiredSchedule;
import io.w7s.sdk.emulator.schedule.ScheduleListener;
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

/** Fires the schedules that are due, each of them at most once for a minute. Thread-safe. */
public final class Scheduler extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  /** How long the scheduler remembers that a schedule fired. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private static final Comparator<Schedule> IN_ORDER =
      Comparator.comparing((Schedule schedule) -> schedule.cron().toString())
          .thenComparing(Schedule::path);

  private final Registry registry;
  private final UsageLedger usage;
  private final Timeline timeline;
  private final ScheduleListener listener;
  private final Set<Fired> fired = new HashSet<>();

  /** Starts with nothing on the agenda. */
  public Scheduler(
      Registry registry, UsageLedger usage, Timeline timeline, ScheduleListener listener) {
    super(false);
    this.registry = registry;
    this.usage = usage;
    this.timeline = timeline;
    this.listener = listener;
  }

  private record Fired(AppInstance owner, Schedule schedule, Instant minute) {}

  /** Puts itself on the agenda for the next minute in which a schedule is due. */
  public void arm() {
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
      fireDue(timeline.now());
    } finally {
      arm();
    }
  }

  @Override
  public String toString() {
    return "schedules";
  }

  /**
   * Fires the schedules that are due in the minute of an instant and have not fired for it yet: in
   * the order of environment, owner and repository, and those of one app in the order of cron text
   * and path.
   */
  public List<FiredSchedule> fireDue(Instant at) {
    Instant minute = at.truncatedTo(ChronoUnit.MINUTES);
    var firedNow = new ArrayList<FiredSchedule>();
    for (DeployedApp target : registry.all()) {
      List<Schedule> due =
          target.manifest().schedules().stream()
              .filter(schedule -> schedule.cron().isDue(at))
              .sorted(IN_ORDER)
              .toList();
      for (Schedule schedule : due) {
        if (first(new Fired(target.instance(), schedule, minute))) {
          firedNow.add(
              new FiredSchedule(target.instance(), schedule, fire(target, schedule, minute)));
        }
      }
    }
    return firedNow;
  }

  private synchronized boolean first(Fired now) {
    fired.removeIf(before -> before.minute().isBefore(now.minute().minus(REMEMBERED)));
    return fired.add(now);
  }

  /** Fires one schedule, whether or not it is due or has fired before. */
  public DeliveryResult fire(DeployedApp target, Schedule schedule, Instant minute) {
    DeliveryResult delivery = deliver(target, schedule, minute);
    if (delivery.status() != DeliveryResult.Status.DONE) {
      log.warn(
          "schedule {} of {} {}: {}",
          schedule.cron(),
          target.instance(),
          delivery.status(),
          delivery.cause());
    }
    listener.fired(target.instance(), schedule, minute, delivery);
    return delivery;
  }

  private DeliveryResult deliver(DeployedApp target, Schedule schedule, Instant minute) {
    AppInstance owner = target.instance();
    if (target.endpoint() == null) {
      return DeliveryResult.failed(owner + " has no backend");
    }
    try {
      usage.admit(Metric.SCHEDULE_DELIVERY, target.account(), 1, minute);
    } catch (Refusal over) {
      return DeliveryResult.dropped(over.words());
    }
    String cron = schedule.cron().toString();
    byte[] json =
        new ScheduleDelivery(cron, minute, owner.app().toString(), owner.environment().name())
            .toJson();
    return Dispatch.result(
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

package io.w7s.sdk.emulator.internal.schedule;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Dispatch;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.schedule.FiredSchedule;
import io.w7s.sdk.emulator.schedule.ScheduleListener;
import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.internal.text.WireInstant;
import io.w7s.sdk.internal.wire.ScheduleDelivery;
import io.w7s.sdk.manifest.Manifest.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires the schedules that are due, each of them at most once for a minute. As on the platform, a
 * minute that was missed is not made up for: when the clock has jumped or the machine has slept,
 * the schedules that were due meanwhile are logged and skipped. Schedules run side by side where
 * the items of the agenda do; one whose previous run has not ended skips its minute, which is
 * logged. Thread-safe; no lock is held while a schedule runs.
 *
 * <p>The schedules are kept in the order of their next due minute: a minute costs time for those
 * that are due in it, not for the others.
 */
public final class Scheduler extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  /** How often a clock that may jump is looked at. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final UsageLedger usage;
  private final Timeline timeline;
  private final ScheduleListener listener;
  private final Map<AppInstance, Map<Schedule, DeclaredSchedule>> declared = new HashMap<>();
  private final TreeMap<Long, Set<DeclaredSchedule>> byNextMinute = new TreeMap<>();

  /** The latest minute that schedules were planned from. */
  private long planned = Long.MIN_VALUE;

  /** Starts with nothing on the agenda. */
  public Scheduler(UsageLedger usage, Timeline timeline, ScheduleListener listener) {
    super(false);
    this.usage = usage;
    this.timeline = timeline;
    this.listener = listener;
  }

  /** Takes the schedules of a deployment, in place of those of the app's previous one. */
  public void deployed(DeployedApp app) {
    replace(app.instance(), app.manifest().schedules(), app);
  }

  /** Forgets the schedules of an app. */
  public void removed(AppInstance owner) {
    replace(owner, List.of(), null);
  }

  private synchronized void replace(
      AppInstance owner, List<Schedule> schedules, @Nullable DeployedApp deployment) {
    Map<Schedule, DeclaredSchedule> before = declared.getOrDefault(owner, Map.of());
    if (schedules.isEmpty() && before.isEmpty()) {
      return;
    }
    Instant now = timeline.now();
    planned = Math.max(planned, DeclaredSchedule.minuteOf(now));
    var after = new LinkedHashMap<Schedule, DeclaredSchedule>();
    for (Schedule schedule : schedules) {
      DeclaredSchedule kept = before.get(schedule);
      after.computeIfAbsent(schedule, added -> kept == null ? planned(owner, added, now) : kept);
    }
    for (DeclaredSchedule old : before.values()) {
      if (!after.containsKey(old.schedule())) {
        unplan(old);
        old.declaredBy(null);
      }
    }
    after.values().forEach(schedule -> schedule.declaredBy(deployment));
    if (after.isEmpty()) {
      declared.remove(owner);
    } else {
      declared.put(owner, after);
    }
    arm(now);
  }

  private DeclaredSchedule planned(AppInstance owner, Schedule schedule, Instant now) {
    var added = new DeclaredSchedule(owner, schedule);
    plan(added, now);
    return added;
  }

  private void plan(DeclaredSchedule schedule, Instant now) {
    schedule.plan(now);
    if (schedule.nextMinute() != DeclaredSchedule.NEVER) {
      byNextMinute
          .computeIfAbsent(schedule.nextMinute(), minute -> new LinkedHashSet<>())
          .add(schedule);
    }
  }

  private void unplan(DeclaredSchedule schedule) {
    byNextMinute.computeIfPresent(
        schedule.nextMinute(),
        (minute, due) -> {
          due.remove(schedule);
          return due.isEmpty() ? null : due;
        });
  }

  /** Puts itself on the agenda for the next minute in which a schedule is due. */
  private void arm(Instant now) {
    if (byNextMinute.isEmpty()) {
      timeline.agenda().cancel(this);
      return;
    }
    Instant next = DeclaredSchedule.startOf(byNextMinute.firstKey());
    Duration wait = Duration.between(now, next);
    if (wait.isNegative()) {
      wait = Duration.ZERO;
    } else if (timeline.clockMayJump() && wait.compareTo(LOOK) > 0) {
      wait = LOOK;
    }
    timeline.agenda().schedule(this, timeline.nanosAfter(wait));
  }

  @Override
  protected void run() {
    for (Run due : takeDue(timeline.now())) {
      timeline.agenda().schedule(due, timeline.nanos());
    }
  }

  /** Takes the runs of this minute, and plans the next minutes of their schedules. */
  private synchronized List<Run> takeDue(Instant now) {
    long minute = DeclaredSchedule.minuteOf(now);
    if (minute < planned) {
      log.warn("The clock went back to {}: all schedules are planned anew", now);
      byNextMinute.clear();
      declared.values().forEach(all -> all.values().forEach(schedule -> plan(schedule, now)));
    }
    planned = minute;
    var reached = new ArrayList<DeclaredSchedule>();
    while (!byNextMinute.isEmpty() && byNextMinute.firstKey() <= minute) {
      reached.addAll(byNextMinute.pollFirstEntry().getValue());
    }
    var due = new ArrayList<Run>();
    reached.sort(DeclaredSchedule.IN_ORDER);
    for (DeclaredSchedule schedule : reached) {
      if (schedule.nextMinute() < minute) {
        log.warn(
            "{} did not run for {}: it is {} already, because the clock jumped, the machine slept"
                + " or all threads were busy; missed minutes are not made up for",
            schedule,
            DeclaredSchedule.startOf(schedule.nextMinute()),
            now);
      }
      if (schedule.isDue(minute) && schedule.claim(minute)) {
        if (schedule.begin()) {
          due.add(new Run(schedule, DeclaredSchedule.startOf(minute)));
        } else {
          log.warn(
              "{} did not run for {}: its previous run has not ended",
              schedule,
              DeclaredSchedule.startOf(minute));
        }
      }
      plan(schedule, now);
    }
    arm(now);
    return due;
  }

  @Override
  public String toString() {
    return "schedules";
  }

  /** One run of a schedule. */
  private final class Run extends Agenda.Item {

    private final DeclaredSchedule schedule;
    private final Instant minute;

    Run(DeclaredSchedule schedule, Instant minute) {
      super(false);
      this.schedule = schedule;
      this.minute = minute;
    }

    @Override
    protected void run() {
      try {
        DeployedApp target = schedule.target();
        if (target != null) { // else it was removed this moment
          fire(target, schedule.schedule(), minute);
        }
      } finally {
        schedule.end();
      }
    }

    @Override
    public String toString() {
      return schedule.toString();
    }
  }

  /**
   * Fires the schedules that are due in the minute of an instant and have not fired for it yet, one
   * after the other: in the order of environment, owner and repository, and those of one app in the
   * order of cron text and path.
   */
  public List<FiredSchedule> fireDue(Instant at) {
    long minute = DeclaredSchedule.minuteOf(at);
    var fired = new ArrayList<FiredSchedule>();
    for (DeclaredSchedule schedule : claimDue(minute)) {
      DeployedApp target = schedule.target();
      if (target != null) {
        fired.add(
            new FiredSchedule(
                schedule.owner(),
                schedule.schedule(),
                fire(target, schedule.schedule(), DeclaredSchedule.startOf(minute))));
      }
    }
    return fired;
  }

  private synchronized List<DeclaredSchedule> claimDue(long minute) {
    var due = new ArrayList<DeclaredSchedule>();
    if (minute > planned) {
      byNextMinute // those with a later next minute are not due
          .headMap(minute, true)
          .values()
          .forEach(all -> all.forEach(schedule -> claim(schedule, minute, due)));
    } else {
      declared
          .values()
          .forEach(all -> all.values().forEach(schedule -> claim(schedule, minute, due)));
    }
    due.sort(DeclaredSchedule.IN_ORDER);
    return due;
  }

  private static void claim(DeclaredSchedule schedule, long minute, List<DeclaredSchedule> due) {
    if (schedule.isDue(minute) && schedule.claim(minute)) {
      due.add(schedule);
    }
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
    if (target.handler() == null) {
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
                .with(
                    "x-w7s-schedule-time",
                    new String(WireInstant.format(minute), StandardCharsets.US_ASCII)),
            json));
  }
}

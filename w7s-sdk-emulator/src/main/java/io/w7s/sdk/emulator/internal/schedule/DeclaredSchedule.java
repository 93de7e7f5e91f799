package io.w7s.sdk.emulator.internal.schedule;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.manifest.Manifest.Schedule;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of a deployed app: when it is due next, and for which minutes it has fired. The
 * scheduler's lock guards {@link #plan}, {@link #nextMinute} and {@link #claim}. Minutes are
 * counted from 1970.
 */
final class DeclaredSchedule {

  /** By environment, owner, repository, cron text and path. */
  static final Comparator<DeclaredSchedule> IN_ORDER = Comparator.comparing(one -> one.place);

  /** The next minute of a schedule that is never due again, such as one for 31 February. */
  static final long NEVER = Long.MAX_VALUE;

  private final AppInstance owner;
  private final Schedule schedule;
  private final String place;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable DeployedApp target;
  private long nextMinute = NEVER;
  private long lastFired = Long.MIN_VALUE;

  /** Bit n is set when the schedule fired for the n-th minute before {@link #lastFired}. */
  private long fired;

  DeclaredSchedule(AppInstance owner, Schedule schedule) {
    this.owner = owner;
    this.schedule = schedule;
    this.place =
        String.join(
            "\0",
            owner.environment().name(),
            owner.app().owner(),
            owner.app().repo(),
            schedule.cron().toString(),
            schedule.path());
  }

  static long minuteOf(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), 60);
  }

  static Instant startOf(long minute) {
    return Instant.ofEpochSecond(minute * 60);
  }

  AppInstance owner() {
    return owner;
  }

  Schedule schedule() {
    return schedule;
  }

  /** Returns the deployment that declares the schedule; null once there is none. */
  @Nullable DeployedApp target() {
    return target;
  }

  void declaredBy(@Nullable DeployedApp deployment) {
    target = deployment;
  }

  /** Plans the first due minute after an instant. */
  void plan(Instant after) {
    nextMinute = schedule.cron().next(after).map(DeclaredSchedule::minuteOf).orElse(NEVER);
  }

  long nextMinute() {
    return nextMinute;
  }

  boolean isDue(long minute) {
    return schedule.cron().isDue(startOf(minute));
  }

  /**
   * Notes that the schedule fires for a minute. Returns whether it has not done so before, as far
   * as the last hour remembers.
   */
  boolean claim(long minute) {
    long earlier = lastFired == Long.MIN_VALUE ? Long.MIN_VALUE : lastFired - minute;
    if (earlier >= 0 && earlier < Long.SIZE) {
      boolean first = ((fired >>> earlier) & 1) == 0;
      fired |= 1L << earlier;
      return first;
    }
    boolean near = earlier < 0 && earlier > -Long.SIZE;
    fired = (near ? fired << -earlier : 0) | 1;
    lastFired = minute;
    return true;
  }

  /** Notes that a run begins. Returns false while another one has not ended. */
  boolean begin() {
    return running.compareAndSet(false, true);
  }

  void end() {
    running.set(false);
  }

  @Override
  public String toString() {
    return "schedule " + schedule.cron() + " " + schedule.path() + " of " + owner;
  }
}

package io.w7s.sdk.schedule;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.internal.text.Names;

/**
 * A schedule: when a path of the app is called. Immutable.
 *
 * <p>A schedule runs at most once for each due minute, and a failed run is not repeated. A minute
 * that is missed is not made up for. In mode local and in tests, a schedule misses a minute when
 * the machine sleeps, when the clock jumps over it, or when its previous run has not ended. Each
 * missed minute is logged at WARN. Different schedules run concurrently.
 *
 * @param cron when
 * @param path the path that is called
 */
public record ScheduleRef(CronExpression cron, String path) {

  /** Checks the path. */
  public ScheduleRef {
    requireNonNull(cron, "cron");
    path = Names.path("schedule path", requireNonNull(path, "path"));
  }

  /**
   * Returns a schedule.
   *
   * @param cron five fields in UTC, for example {@code *}{@code /5 * * * *}; see {@link
   *     CronExpression}
   * @param path the path that is called, for example {@code /_w7s/schedules/sync}
   * @throws io.w7s.sdk.error.InvalidInputException when the expression or the path is not valid
   */
  public static ScheduleRef of(String cron, String path) {
    return new ScheduleRef(CronExpression.parse(requireNonNull(cron, "cron")), path);
  }

  /** Returns the path, which identifies a schedule of an app. */
  public String name() {
    return path;
  }

  /** Returns the cron expression and the path. */
  @Override
  public String toString() {
    return cron + " " + path;
  }
}

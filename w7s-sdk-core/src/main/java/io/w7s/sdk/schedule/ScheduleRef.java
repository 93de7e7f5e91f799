package io.w7s.sdk.schedule;

import io.w7s.sdk.internal.text.Names;

/**
 * A schedule: when a path of the app is called. Immutable.
 *
 * <p>A schedule runs at most once for each due minute, and a failed run is not repeated. A minute
 * that is missed is not made up for: in mode local and in tests, a schedule does not run for a
 * minute that passed while the machine slept, that its clock jumped over, or in which its previous
 * run had not ended; each of these is logged at WARN. Different schedules run side by side.
 *
 * @param cron when
 * @param path the path that is called
 */
public record ScheduleRef(CronExpression cron, String path) {

  /** Checks the path. */
  public ScheduleRef {
    path = Names.path("schedule path", path);
  }

  /**
   * Returns a schedule.
   *
   * @param cron five fields in UTC, for example {@code *}{@code /5 * * * *}; see {@link
   *     CronExpression}
   * @param path the path that is called, for example {@code /_w7s/schedules/sync}
   * @throws io.w7s.sdk.error.InvalidInputException when either is not one
   */
  public static ScheduleRef of(String cron, String path) {
    return new ScheduleRef(CronExpression.parse(cron), path);
  }

  /** Returns the path, which is what tells an app's schedules apart. */
  public String name() {
    return path;
  }

  /** Returns the cron expression and the path. */
  @Override
  public String toString() {
    return cron + " " + path;
  }
}

package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.AppId;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Kind;

/** Assertions about a schedule of an app. */
public final class ScheduleAssert extends PlatformAssert<ScheduleAssert> {

  ScheduleAssert(InMemoryW7s actual, AppId app, ScheduleRef schedule) {
    super(
        actual,
        ScheduleAssert.class,
        "schedule " + schedule + " of " + app,
        entry ->
            entry.target().equals(app + schedule.path())
                && entry.detail().startsWith(schedule.cron().toString()));
  }

  /** Checks how often the schedule fired, with any result. */
  public ScheduleAssert hasFired(int times) {
    return hasCount("times fired", times, recorded(Kind.FIRED));
  }

  /** Checks how often the schedule fired and the run failed. */
  public ScheduleAssert hasFailed(int times) {
    return hasCount("times failed", times, recorded(Kind.FAILED));
  }
}

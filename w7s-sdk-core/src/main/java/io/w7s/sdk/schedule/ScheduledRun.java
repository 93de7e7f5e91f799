package io.w7s.sdk.schedule;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.internal.text.SafeText;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run of a schedule as its handler sees it. The platform runs a schedule at most once a minute
 * and does not repeat a run that failed. Immutable.
 *
 * <p>A test of a handler makes one in a line:
 *
 * <pre>{@code
 * handler.handle(ScheduledRun.of(NIGHTLY, Instant.parse("2026-01-01T02:00:00Z")));
 * }</pre>
 */
public final class ScheduledRun {

  private final String cron;
  private final Instant scheduledTime;
  private final AppId app;
  private final Environment environment;

  private ScheduledRun(Builder builder) {
    cron = builder.cron;
    scheduledTime = builder.scheduledTime;
    app = builder.app;
    environment = builder.environment;
  }

  /** Returns a run with the defaults of {@link #builder}, for a test of a handler. */
  public static ScheduledRun of(ScheduleRef schedule, Instant scheduledTime) {
    return builder(schedule.cron().toString(), scheduledTime).build();
  }

  /**
   * Begins a run, in the app {@code test/app} and in production unless set otherwise.
   *
   * @param cron the cron expression that was due
   * @param scheduledTime the minute in which it was due
   */
  public static Builder builder(String cron, Instant scheduledTime) {
    return new Builder(cron, scheduledTime);
  }

  /** Returns the cron expression that was due. */
  public String cron() {
    return cron;
  }

  /** Returns the minute in which the schedule was due. */
  public Instant scheduledTime() {
    return scheduledTime;
  }

  /** Returns the app that the schedule belongs to. */
  public AppId app() {
    return app;
  }

  /** Returns the environment that the app is deployed to. */
  public Environment environment() {
    return environment;
  }

  /** Returns whether the other is a run whose properties are all equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScheduledRun run
        && cron.equals(run.cron)
        && scheduledTime.equals(run.scheduledTime)
        && app.equals(run.app)
        && environment.equals(run.environment);
  }

  @Override
  public int hashCode() {
    return Objects.hash(cron, scheduledTime, app, environment);
  }

  /** Returns the cron expression and the minute. */
  @Override
  public String toString() {
    return "ScheduledRun[cron=" + SafeText.of(cron) + ", scheduledTime=" + scheduledTime + "]";
  }

  /** Makes a run. Not thread-safe. */
  public static final class Builder {

    private static final AppId TEST_APP = new AppId("test", "app");

    private final String cron;
    private final Instant scheduledTime;
    private AppId app = TEST_APP;
    private Environment environment = Environment.PRODUCTION;

    private Builder(String cron, Instant scheduledTime) {
      this.cron = cron;
      this.scheduledTime = scheduledTime;
    }

    /** Sets the app that the schedule belongs to. Default {@code test/app}. */
    public Builder app(AppId app) {
      this.app = requireNonNull(app, "app");
      return this;
    }

    /** Sets the environment. Default {@link Environment#PRODUCTION}. */
    public Builder environment(Environment environment) {
      this.environment = requireNonNull(environment, "environment");
      return this;
    }

    /** Returns the run. */
    public ScheduledRun build() {
      return new ScheduledRun(this);
    }
  }
}

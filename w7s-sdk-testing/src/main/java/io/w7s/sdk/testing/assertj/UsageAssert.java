package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.testing.InMemoryW7s;

/** Assertions about the usage of an app today, by UTC. */
public final class UsageAssert extends PlatformAssert<UsageAssert> {

  private final AppId app;

  UsageAssert(InMemoryW7s actual, AppId app) {
    super(
        actual,
        UsageAssert.class,
        "usage of " + app,
        entry -> entry.caller() != null && entry.caller().app().equals(app));
    this.app = app;
  }

  /** Checks how many units of a metric were used. */
  public UsageAssert has(Metric metric, long units) {
    isNotNull();
    return hasCount(
        "of " + metric.word(), units, actual.platform().usageToday(AppInstance.of(app), metric));
  }
}

package io.w7s.sdk.emulator.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;

/**
 * An app in one environment: what is deployed, what owns queues, workflows and schedules, and what
 * usage is counted for.
 *
 * @param app the app
 * @param environment the environment it is deployed to
 */
public record AppInstance(AppId app, Environment environment) {

  /** Returns an app in {@link Environment#PRODUCTION}. */
  public static AppInstance of(AppId app) {
    return new AppInstance(app, Environment.PRODUCTION);
  }

  /** Returns the app that made a call. */
  public static AppInstance of(Caller caller) {
    return new AppInstance(caller.app(), caller.environment());
  }

  /** Returns this app as the receivers of its calls and messages see it. */
  public Caller asCaller() {
    return new Caller(app, environment);
  }

  /** Returns the app and its environment, for example {@code acme/worker (production)}. */
  @Override
  public String toString() {
    return app + " (" + environment + ")";
  }
}

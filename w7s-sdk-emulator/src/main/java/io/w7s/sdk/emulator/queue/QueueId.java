package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.internal.text.PlatformNames;

/**
 * A queue of an app in an environment.
 *
 * @param app the app that declares it
 * @param environment where the app is deployed
 * @param name the queue's name
 */
public record QueueId(AppId app, Environment environment, String name) {

  /** Returns a queue of an app in production. */
  public static QueueId of(String app, String name) {
    return new QueueId(AppId.parse(app), Environment.PRODUCTION, name);
  }

  /**
   * Returns the platform's own name for it, {@code w7s-<environment>-<owner>-<repo>-queue-<name>},
   * shortened with a hash where that is longer than 63 characters.
   */
  public String physicalName() {
    return PlatformNames.queue(environment, app, name);
  }

  /** Returns the app that declares it, in its environment. */
  public AppInstance owner() {
    return new AppInstance(app, environment);
  }

  /** Returns app and name, and the environment where it is not production. */
  @Override
  public String toString() {
    String path = app + "/" + name;
    return environment.equals(Environment.PRODUCTION) ? path : path + " (" + environment + ")";
  }
}

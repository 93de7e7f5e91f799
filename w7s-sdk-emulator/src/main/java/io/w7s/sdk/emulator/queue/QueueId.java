package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.internal.text.PlatformNames;

/**
 * A queue of an app in an environment.
 *
 * @param owner the app that declares it, in its environment
 * @param name the queue's name
 */
public record QueueId(AppInstance owner, String name) {

  /** Returns a queue of an app in production. */
  public static QueueId of(String app, String name) {
    return new QueueId(AppInstance.of(AppId.parse(app)), name);
  }

  /**
   * Returns the platform's own name for it, {@code w7s-<environment>-<owner>-<repo>-queue-<name>},
   * shortened with a hash where that is longer than 63 characters.
   */
  public String physicalName() {
    return PlatformNames.queue(owner.environment(), owner.app(), name);
  }

  /** Returns the app that declares it. */
  public AppId app() {
    return owner.app();
  }

  /** Returns the environment that the app is deployed to. */
  public Environment environment() {
    return owner.environment();
  }

  /** Returns app and name, and the environment where it is not production. */
  @Override
  public String toString() {
    String path = app() + "/" + name;
    return environment().equals(Environment.PRODUCTION) ? path : path + " (" + environment() + ")";
  }
}

package io.w7s.sdk.spring.test;

import io.w7s.sdk.Environment;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.testing.InMemoryW7s;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/** Deploys the app of the context after everything else has started, and removes it first. */
final class AppDeployment implements SmartLifecycle {

  private final InMemoryW7s w7s;
  private final Environment environment;
  private final ObjectProvider<W7sApp> apps;
  private volatile boolean running;

  AppDeployment(InMemoryW7s w7s, Environment environment, ObjectProvider<W7sApp> apps) {
    this.w7s = w7s;
    this.environment = environment;
    this.apps = apps;
  }

  @Override
  public void start() {
    apps.stream().forEach(app -> w7s.deploy(environment, app));
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    apps.stream().forEach(app -> w7s.undeploy(app.id(), environment));
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}

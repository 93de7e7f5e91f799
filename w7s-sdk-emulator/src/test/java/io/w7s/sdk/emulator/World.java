package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A platform under a virtual clock, and a way in for the apps of a test. */
final class World {

  static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  final VirtualTime time;
  final Platform platform;

  World() {
    this(builder -> builder);
  }

  World(UnaryOperator<Platform.Builder> settings) {
    this(new VirtualTime(START, 42), settings);
  }

  World(VirtualTime time, UnaryOperator<Platform.Builder> settings) {
    this.time = time;
    this.platform = settings.apply(Platform.builder(time)).build();
  }

  World deploy(W7sApp... apps) {
    for (W7sApp app : apps) {
      platform.deploy(Deployment.of(app));
    }
    return this;
  }

  /** An app that only calls. */
  W7s as(String app) {
    return as(app, Environment.PRODUCTION, Manifest.empty());
  }

  W7s as(String app, Environment environment, Manifest manifest) {
    AppId id = AppId.parse(app);
    if (platform.deployment(new AppInstance(id, environment)).isEmpty()) {
      platform.deploy(Deployment.withoutBackend(id, manifest).in(environment));
    }
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
        .time(time)
        .transport(platform.transportFor(new AppInstance(id, environment)))
        .build();
  }

  World pass(Duration step) {
    time.advance(step);
    return this;
  }

  /** What is written down when it happens, with the seconds since the start. */
  final class Diary {
    final List<String> lines = new ArrayList<>();

    void write(String what) {
      lines.add(Duration.between(START, time.now()).toSeconds() + "s " + what);
    }
  }

  static Caller identity(String app) {
    return new Caller(AppId.parse(app), Environment.PRODUCTION);
  }
}

package io.w7s.sdk.testing;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Manifest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clients of all apps, and the stand-ins: deployments without a backend for apps that call but
 * were not deployed by the test.
 */
final class AppConnections {

  private final Platform platform;
  private final Faults faults;
  private final Timeline time;
  private final JsonCodec codec;
  private final Map<AppInstance, Connection> connections = new ConcurrentHashMap<>();
  private final Set<AppInstance> standIns = ConcurrentHashMap.newKeySet();

  AppConnections(Platform platform, Faults faults, Timeline time, JsonCodec codec) {
    this.platform = platform;
    this.faults = faults;
    this.time = time;
    this.codec = codec;
  }

  private record Connection(W7s w7s, MemoryTransport transport) {}

  /** Stops standing in for an app, because the test deploys or removes the app itself. */
  void deployed(AppInstance instance) {
    standIns.remove(instance);
  }

  W7s as(AppInstance instance) {
    return connections
        .compute(
            instance,
            (key, open) -> open == null || open.transport().isClosed() ? connection(key) : open)
        .w7s();
  }

  private Connection connection(AppInstance instance) {
    MemoryTransport transport = transport(instance);
    return new Connection(connect(instance, transport).build(), transport);
  }

  W7s.Builder connect(AppInstance instance, MemoryTransport transport) {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.MEMORY)
            .app(instance.app())
            .environment(instance.environment())
            .build();
    return W7s.builder(config).time(time).codec(codec).transport(transport);
  }

  MemoryTransport transport(AppInstance instance) {
    if (platform.deployment(instance).isEmpty()) {
      standIn(instance, Manifest.empty());
    }
    return new MemoryTransport(
        platform.transportFor(instance),
        instance.asCaller(),
        faults,
        time,
        subject -> declare(instance, subject));
  }

  private void standIn(AppInstance instance, Manifest manifest) {
    standIns.add(instance);
    platform.deploy(Deployment.withoutBackend(instance.app(), manifest).in(instance.environment()));
  }

  /** Adds a subject to the manifest of a stand-in before the stand-in publishes it. */
  private void declare(AppInstance instance, String subject) {
    if (standIns.contains(instance)) {
      Manifest before =
          platform.deployment(instance).map(Deployment::manifest).orElse(Manifest.empty());
      if (!before.eventsPublish().contains(subject)) {
        standIn(instance, before.withPublished(subject));
      }
    }
  }
}

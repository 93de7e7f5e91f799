package io.w7s.sdk.testing;

import io.w7s.sdk.Caller;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Manifest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What apps make their calls with, and who stands in for those that a test has not deployed. */
final class Callers {

  private final Platform platform;
  private final Faults faults;
  private final Timeline time;
  private final JsonCodec codec;
  private final Map<Caller, Connection> connections = new ConcurrentHashMap<>();
  private final Set<Caller> standIns = ConcurrentHashMap.newKeySet();

  Callers(Platform platform, Faults faults, Timeline time, JsonCodec codec) {
    this.platform = platform;
    this.faults = faults;
    this.time = time;
    this.codec = codec;
  }

  private record Connection(W7s w7s, MemoryTransport transport) {}

  /** From now on nobody stands in for an app: the test has had its say. */
  void deployed(Caller app) {
    standIns.remove(app);
  }

  W7s as(Caller caller) {
    return connections
        .compute(
            caller,
            (who, open) -> open == null || open.transport().isClosed() ? connection(who) : open)
        .w7s();
  }

  private Connection connection(Caller caller) {
    MemoryTransport transport = transport(caller);
    return new Connection(connect(caller, transport).build(), transport);
  }

  W7s.Builder connect(Caller caller, MemoryTransport transport) {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.MEMORY)
            .app(caller.app())
            .environment(caller.environment())
            .build();
    return W7s.builder(config).time(time).codec(codec).transport(transport);
  }

  MemoryTransport transport(Caller caller) {
    if (platform.deployment(caller.app(), caller.environment()).isEmpty()) {
      standIn(caller, Manifest.empty());
    }
    return new MemoryTransport(
        platform.transportFor(caller.app(), caller.environment()),
        caller,
        faults,
        time,
        subject -> declare(caller, subject));
  }

  private void standIn(Caller caller, Manifest manifest) {
    standIns.add(caller);
    platform.deploy(Deployment.withoutBackend(caller.app(), manifest).in(caller.environment()));
  }

  /** Has a stand-in declare a subject that it is about to publish. */
  private void declare(Caller caller, String subject) {
    if (standIns.contains(caller)) {
      Manifest before =
          platform
              .deployment(caller.app(), caller.environment())
              .map(Deployment::manifest)
              .orElse(Manifest.empty());
      if (!before.eventsPublish().contains(subject)) {
        standIn(caller, before.withPublished(subject));
      }
    }
  }
}

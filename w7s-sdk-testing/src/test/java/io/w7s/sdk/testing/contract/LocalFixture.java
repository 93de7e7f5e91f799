package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.local.LocalTransport;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.EmulatorServer;
import io.w7s.sdk.testing.LinkState;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Apps on this machine. One server serves all of them, each under its own prefix. A transport knows
 * the apps that are deployed when it is opened. Calls use the machine's clock; deliveries wait for
 * {@link #settle()}.
 */
final class LocalFixture implements TransportFixture {

  private static final int MAX_STEPS = 10_000;

  private final Limits limits;
  private final VirtualTime deliveries = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
  private final Map<AppInstance, Deployment> deployed = new ConcurrentHashMap<>();
  private final EmulatorServer server = EmulatorServer.serving(this::handle);

  LocalFixture(Limits limits) {
    this.limits = limits;
  }

  /** Passes a request for {@code /<owner>/<repo>/path} to the app. */
  private AppResponse handle(AppRequest request) {
    for (Deployment each : deployed.values()) {
      String prefix = "/" + each.app();
      if (each.handler().isPresent() && request.path().startsWith(prefix + "/")) {
        return each.handler()
            .get()
            .handle(
                new AppRequest(
                    request.method(),
                    request.path().substring(prefix.length()),
                    request.query(),
                    request.headers(),
                    request.body()));
      }
    }
    return new AppResponse(404, Headers.none(), new byte[0]);
  }

  @Override
  public void deploy(Deployment app) {
    deployed.put(app.instance(), app);
  }

  @Override
  public void remove(AppId app, Environment environment) {
    deployed.remove(new AppInstance(app, environment));
  }

  @Override
  public Transport transport(AppId app, Environment environment) {
    W7sConfig.Builder config =
        W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app(app).environment(environment);
    for (Deployment each : List.copyOf(deployed.values())) {
      config.localManifest(each.app(), each.manifest());
      if (each.handler().isPresent()) {
        config.localApp(each.app(), URI.create(server.url() + "/" + each.app()));
      }
    }
    return LocalTransport.builder(config.build())
        .platform(settings -> settings.limits(limits))
        .time(deliveries)
        .build();
  }

  @Override
  public TimeSource time() {
    return TimeSource.system();
  }

  @Override
  public void link(LinkState link) {
    server.link(link);
  }

  @Override
  public void settle() {
    deliveries.runUntilIdle(MAX_STEPS);
  }

  /** Local calls have no tokens, so no caller is unknown. */
  @Override
  public Set<Integer> neverRefusesWith() {
    return Set.of(401);
  }

  @Override
  public boolean hasPlatformInProcess() {
    return true;
  }

  @Override
  public void close() {
    server.close();
  }
}

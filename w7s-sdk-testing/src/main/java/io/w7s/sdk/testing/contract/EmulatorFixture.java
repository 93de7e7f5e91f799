package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.EmulatorServer;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.LinkState;
import java.net.URI;
import java.util.function.BiFunction;

/**
 * The fixture of a transport that speaks HTTP: the emulator on a real socket. Calls use the
 * machine's clock; the platform's deliveries wait for {@link #settle()}.
 *
 * <pre>{@code
 * protected TransportFixture open(Limits limits) {
 *   return new EmulatorFixture(limits, (url, app) -> new MyTransport(url, app.tokens().get()));
 * }
 * }</pre>
 */
public final class EmulatorFixture implements TransportFixture {

  private final InMemoryW7s w7s;
  private final EmulatorServer server;
  private final BiFunction<URI, Deployment, Transport> transports;

  /**
   * Starts a server.
   *
   * @param limits the limits that apply to all apps
   * @param transports creates a transport under test from the platform's URL and a deployed app,
   *     which has its tokens
   */
  public EmulatorFixture(Limits limits, BiFunction<URI, Deployment, Transport> transports) {
    this.w7s = InMemoryW7s.builder().platform(parts -> parts.limits(limits)).build();
    this.server = EmulatorServer.start(w7s.platform());
    this.transports = transports;
  }

  @Override
  public void deploy(Deployment app) {
    w7s.platform().deploy(app);
  }

  @Override
  public void remove(AppId app, Environment environment) {
    w7s.undeploy(app, environment);
  }

  @Override
  public Transport transport(AppId app, Environment environment) {
    Deployment deployed =
        w7s.platform()
            .deployment(new AppInstance(app, environment))
            .orElseThrow(() -> new IllegalArgumentException(app + " is not deployed"));
    return transports.apply(server.url(), deployed);
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
    w7s.runUntilIdle();
  }

  @Override
  public void close() {
    server.close();
  }
}

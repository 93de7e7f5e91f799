package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
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
 * The far side of a transport that speaks HTTP: the emulator on a real socket. Calls go by the
 * machine's clock; what the platform has to deliver waits for {@link #settle()}.
 *
 * <pre>{@code
 * protected FarSide open(Limits limits) {
 *   return new EmulatorFarSide(limits, (url, app) -> new MyTransport(url, app.tokens().get()));
 * }
 * }</pre>
 */
public final class EmulatorFarSide implements FarSide {

  private final InMemoryW7s w7s;
  private final EmulatorServer server;
  private final BiFunction<URI, Deployment, Transport> transports;

  /**
   * Starts a server.
   *
   * @param transports makes the transport under test of the platform's URL and an app that is
   *     deployed, with its tokens
   */
  public EmulatorFarSide(Limits limits, BiFunction<URI, Deployment, Transport> transports) {
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
            .deployment(app, environment)
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

package io.w7s.sdk.bridge;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.hosted.HostedTransport;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.LinkState;
import io.w7s.sdk.testing.contract.TransportFixture;
import java.util.ArrayList;
import java.util.List;

/** Calls that go through a bridge, each app's through its own, to the emulator on a socket. */
final class BridgeFixture implements TransportFixture {

  private final InMemoryW7s w7s;
  private final LoopbackServer platform;
  private final List<BridgeProcess> bridges = new ArrayList<>();
  private final List<TcpLink> links = new ArrayList<>();
  private LinkState state = LinkState.GOOD;

  BridgeFixture(Limits limits) {
    w7s = InMemoryW7s.builder().platform(parts -> parts.limits(limits)).build();
    platform = LoopbackServer.start(request -> w7s.platform().controlPlane().handle(request));
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
    BridgeProcess bridge = bridge(new AppInstance(app, environment));
    bridges.add(bridge);
    TcpLink link = TcpLink.to(bridge.port());
    links.add(link);
    link.set(state);
    return HostedTransport.builder(
            W7sConfig.builder()
                .mode(W7sConfig.Mode.HOSTED)
                .app(app)
                .environment(environment)
                .bridgeUrl(link.url())
                .bridgeSecrets(SigningSecrets.of(Secrets.ONE))
                .build())
        .build();
  }

  private BridgeProcess bridge(AppInstance app) {
    Tokens tokens = w7s.platform().deployment(app).orElseThrow().tokens().orElseThrow();
    return BridgeProcess.builder()
        .variable("W7S_OWNER", app.app().owner())
        .variable("W7S_BRIDGE_SECRET", Secrets.ONE)
        .variable("W7S_RPC_TOKEN", tokens.rpc())
        .variable("W7S_QUEUE_TOKEN", tokens.queue())
        .variable("W7S_WORKFLOW_TOKEN", tokens.workflow())
        .variable("W7S_EVENTS_TOKEN", tokens.events())
        .binding("W7S_RPC", platform.url())
        .binding("W7S_QUEUE", platform.url())
        .binding("W7S_WORKFLOW", platform.url())
        .binding("W7S_EVENTS", platform.url())
        .start();
  }

  @Override
  public TimeSource time() {
    return TimeSource.system();
  }

  @Override
  public void link(LinkState link) {
    state = link;
    links.forEach(each -> each.set(link));
  }

  @Override
  public void settle() {
    w7s.runUntilIdle();
  }

  @Override
  public void close() {
    links.forEach(TcpLink::close);
    bridges.forEach(BridgeProcess::close);
    platform.close();
  }
}

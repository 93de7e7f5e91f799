package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.contract.TransportContract;
import io.w7s.sdk.testing.contract.TransportFixture;
import java.time.Duration;

/** The transport of memory mode passes the tests of all transports. */
class MemoryContractTest extends TransportContract {

  @Override
  protected TransportFixture open(Limits limits) {
    return new MemoryFixture(limits);
  }

  private static final class MemoryFixture implements TransportFixture {

    private final InMemoryW7s w7s;

    MemoryFixture(Limits limits) {
      w7s = InMemoryW7s.builder().platform(parts -> parts.limits(limits)).build();
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
      return w7s.transportFor(app, environment);
    }

    @Override
    public TimeSource time() {
      return w7s.time();
    }

    @Override
    public void link(LinkState link) {
      w7s.faults().clear();
      switch (link) {
        case GOOD -> {}
        case STALLED -> w7s.faults().add(Fault.slow(Duration.ofDays(1)));
        case LOSES_REQUESTS -> w7s.faults().add(Fault.requestLost());
        case LOSES_RESPONSES -> w7s.faults().add(Fault.responseLost());
        case DOWN -> w7s.faults().add(Fault.unreachable());
      }
    }

    @Override
    public void settle() {
      w7s.runUntilIdle();
    }

    @Override
    public void close() {}
  }
}

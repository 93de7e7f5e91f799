package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.LinkState;
import java.util.Set;

/**
 * What a transport under test talks to: a platform that is new for each test, with only those
 * limits that the test asks for. The contract closes it after the test.
 */
public interface TransportFixture extends AutoCloseable {

  /** Deploys an app, or deploys it again. Returns when the app can be called. */
  void deploy(Deployment app);

  /** Removes an app. The platform no longer knows the tokens of its transports. */
  void remove(AppId app, Environment environment);

  /** Returns a new transport under test for an app that is deployed. The contract closes it. */
  Transport transport(AppId app, Environment environment);

  /** Returns the clock that the transport's calls use. */
  TimeSource time();

  /** Sets the state of the connection between the transport and what it talks to. */
  void link(LinkState link);

  /** Returns when every message is delivered and every workflow has run. */
  void settle();

  /**
   * Returns the statuses that are never a refusal here, because this platform has no such rule. The
   * tests of these refusals are skipped. None by default.
   */
  default Set<Integer> neverRefusesWith() {
    return Set.of();
  }

  /**
   * Returns whether the platform runs in the process of the caller, as that of the local transport
   * does. Only RPCs then use the link. They go directly to the configured address of their target;
   * the platform neither counts them nor refuses an unknown target. Messages, events and workflows
   * reach the platform in any state of the link. False by default.
   */
  default boolean hasPlatformInProcess() {
    return false;
  }

  @Override
  void close();
}

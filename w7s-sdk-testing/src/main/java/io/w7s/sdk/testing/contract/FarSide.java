package io.w7s.sdk.testing.contract;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.LinkState;
import java.util.Set;

/**
 * What a transport talks to in {@link TransportContract}: a platform of its own for each test, with
 * all limits off but those that the test asks for.
 */
public interface FarSide extends AutoCloseable {

  /** Deploys an app, or deploys it again, and returns when it can be called. */
  void deploy(Deployment app);

  /** Removes an app, so that its transport's tokens are no longer known. */
  void remove(AppId app, Environment environment);

  /**
   * Returns a new transport under test that speaks for an app that is deployed. The contract closes
   * it.
   */
  Transport transport(AppId app, Environment environment);

  /** Returns the time that calls over the transport go by. */
  TimeSource time();

  /** Sets how it stands with the way between the transport and the far side. */
  void link(LinkState link);

  /** Returns when all messages that were sent are delivered, and all workflows have been run. */
  void settle();

  /**
   * Returns the statuses that this far side never refuses with, because it has no such rule. Their
   * tests are skipped. None by default.
   */
  default Set<Integer> neverRefusesWith() {
    return Set.of();
  }

  /**
   * Returns whether the platform is on the caller's own side of the link. The link is for RPCs
   * alone then, which go past the platform to an address that is configured: it neither counts them
   * nor knows who is there. All else is taken however it stands with the link. False by default.
   */
  default boolean platformIsNear() {
    return false;
  }

  @Override
  void close();
}

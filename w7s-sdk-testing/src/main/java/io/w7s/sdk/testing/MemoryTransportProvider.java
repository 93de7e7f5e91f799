package io.w7s.sdk.testing;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Makes the transport for {@link W7sConfig.Mode#MEMORY}: to the {@link InMemoryW7s} that is current
 * on the calling thread, under its clock. A test with {@code @W7sTest} has one, and {@link
 * InMemoryW7s#makeCurrent()} sets one; without either it is a {@link
 * io.w7s.sdk.error.ConfigurationException}.
 */
public final class MemoryTransportProvider implements TransportProvider {

  /** For {@link java.util.ServiceLoader}. */
  public MemoryTransportProvider() {}

  @Override
  public W7sConfig.Mode mode() {
    return W7sConfig.Mode.MEMORY;
  }

  @Override
  public TimeSource time() {
    return CurrentPlatform.get().time();
  }

  @Override
  public Transport create(W7sConfig config, TimeSource time) {
    return CurrentPlatform.get().transportFor(config.app(), config.environment());
  }
}

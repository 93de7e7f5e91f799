package io.w7s.sdk.testing;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Creates the transport of {@link W7sConfig.Mode#MEMORY}. It uses the {@link InMemoryW7s} that is
 * current on the calling thread, and its clock. {@code @W7sTest} and {@link
 * InMemoryW7s#makeCurrent()} set the current platform. Without one, the methods throw a {@link
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

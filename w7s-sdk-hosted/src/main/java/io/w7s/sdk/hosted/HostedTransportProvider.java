package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Makes the transport for {@link W7sConfig.Mode#HOSTED}: a {@link HostedTransport} with nothing but
 * the configuration's settings.
 */
public final class HostedTransportProvider implements TransportProvider {

  /** For {@link java.util.ServiceLoader}. */
  public HostedTransportProvider() {}

  @Override
  public W7sConfig.Mode mode() {
    return W7sConfig.Mode.HOSTED;
  }

  /** Makes a transport, which opens no connection before its first call. Thread-safe. */
  @Override
  public Transport create(W7sConfig config, TimeSource time) {
    return HostedTransport.builder(config).time(time).build();
  }
}

package io.w7s.sdk.spi;

import io.w7s.sdk.W7sConfig;

/**
 * Makes the transport of one mode. Found by {@link java.util.ServiceLoader}; needs a public
 * no-argument constructor.
 */
public interface TransportProvider {

  /** Returns the mode that this provider serves. */
  W7sConfig.Mode mode();

  /**
   * Returns the time source of a {@link io.w7s.sdk.W7s} for which the program has chosen none: the
   * machine's, unless what the transport reaches has a clock of its own.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when there is nothing to reach
   */
  default TimeSource time() {
    return TimeSource.system();
  }

  /**
   * Makes a transport.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when a setting that it needs is missing or
   *     wrong
   */
  Transport create(W7sConfig config, TimeSource time);
}

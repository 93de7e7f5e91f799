package io.w7s.sdk.testing.contract;

import io.w7s.sdk.emulator.app.Limits;

/**
 * The local transport keeps the contract of all transports, with apps that are served over HTTP.
 */
class LocalContractTest extends TransportContract {

  @Override
  protected TransportFixture open(Limits limits) {
    return new LocalFixture(limits);
  }
}

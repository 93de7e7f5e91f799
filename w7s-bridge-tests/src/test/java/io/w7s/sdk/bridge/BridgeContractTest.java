package io.w7s.sdk.bridge;

import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.testing.contract.TransportContract;
import io.w7s.sdk.testing.contract.TransportFixture;

/** The hosted transport does what every transport does, through a bridge in workerd. */
class BridgeContractTest extends TransportContract {

  @Override
  protected TransportFixture open(Limits limits) {
    BridgeProcess.assumeInstalled();
    return new BridgeFixture(limits);
  }
}

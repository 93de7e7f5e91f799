package io.w7s.sdk.testing.guide;

import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.testing.contract.EmulatorFixture;
import io.w7s.sdk.testing.contract.TransportContract;
import io.w7s.sdk.testing.contract.TransportFixture;

/** A transport that speaks HTTP can pass the whole contract. */
// [contract]
class MyTransportTest extends TransportContract {
  @Override
  protected TransportFixture open(Limits limits) {
    return new EmulatorFixture(limits, MyTransport::connect);
  }
}
// [contract]

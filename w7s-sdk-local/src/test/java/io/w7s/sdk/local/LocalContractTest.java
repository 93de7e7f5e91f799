package io.w7s.sdk.local;

import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.testing.contract.FarSide;
import io.w7s.sdk.testing.contract.TransportContract;

/** The local transport does what every transport does, with apps that are served over HTTP. */
class LocalContractTest extends TransportContract {

  @Override
  protected FarSide open(Limits limits) {
    return new LocalFarSide(limits);
  }
}

package io.w7s.sdk.testing.contract;

import io.w7s.sdk.emulator.app.Limits;

/** A transport can pass the contract over a socket. */
class EmulatorFarSideTest extends TransportContract {

  @Override
  protected FarSide open(Limits limits) {
    return new EmulatorFarSide(
        limits, (url, app) -> new SimpleHttpTransport(url, app.tokens().orElseThrow()));
  }
}

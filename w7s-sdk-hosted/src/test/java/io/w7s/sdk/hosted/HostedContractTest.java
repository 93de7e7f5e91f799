package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.contract.EmulatorFixture;
import io.w7s.sdk.testing.contract.TransportContract;
import io.w7s.sdk.testing.contract.TransportFixture;
import java.net.URI;

/** The hosted transport does what every transport does, over a socket to the emulator. */
class HostedContractTest extends TransportContract {

  @Override
  protected TransportFixture open(Limits limits) {
    return new EmulatorFixture(limits, HostedContractTest::transport);
  }

  private static Transport transport(URI url, Deployment app) {
    Tokens tokens = app.tokens().orElseThrow();
    return HostedTransport.builder(
            W7sConfig.builder()
                .mode(W7sConfig.Mode.HOSTED)
                .app(app.app())
                .environment(app.environment())
                .url(url)
                .token(Token.RPC, tokens.rpc())
                .token(Token.QUEUE, tokens.queue())
                .token(Token.WORKFLOW, tokens.workflow())
                .token(Token.EVENTS, tokens.events())
                .build())
        .build();
  }
}

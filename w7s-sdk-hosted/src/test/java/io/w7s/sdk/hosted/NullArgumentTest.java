package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.fixtures.NullArguments;
import org.junit.jupiter.api.Test;

class NullArgumentTest {

  @Test
  void nullIsRefusedByName() {
    NullArguments.areRefused(HostedTransport.class);
    NullArguments.areRefused(
        HostedTransport.builder(
            W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build()));
  }
}

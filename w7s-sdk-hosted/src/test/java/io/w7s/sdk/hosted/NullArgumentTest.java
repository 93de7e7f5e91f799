package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.fixtures.NullArguments;
import org.junit.jupiter.api.Test;

class NullArgumentTest {

  @Test
  void nullIsRefusedByName() {
    W7sConfig config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    NullArguments.areRefused(HostedTransport.class);
    NullArguments.areRefused(HostedTransport.builder(config));
    NullArguments.areRefused(Bridge.class);
    NullArguments.areRefused(Bridge.builder(config));
  }
}

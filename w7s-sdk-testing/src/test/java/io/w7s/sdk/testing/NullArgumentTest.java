package io.w7s.sdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.fixtures.NullArguments;
import io.w7s.sdk.local.LocalTransport;
import java.util.List;
import org.junit.jupiter.api.Test;

class NullArgumentTest {

  @Test
  void nullIsRefusedByNameInBuilders() {
    W7sConfig config = W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build();
    assertThat(
            List.of(
                InMemoryW7s.builder(),
                LocalTransport.class,
                LocalTransport.builder(config),
                Platform.builder(InMemoryW7s.create().time())))
        .allSatisfy(NullArguments::areRefused);
  }
}

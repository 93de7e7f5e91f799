package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ContractTestsTest {

  private final List<FailsToClose> transports = new ArrayList<>();
  private final ContractTests tests =
      new ContractTests(limits -> new EmulatorFixture(limits, this::transport)) {};

  private Transport transport(URI url, Deployment app) {
    var transport = new FailsToClose(url);
    transports.add(transport);
    return transport;
  }

  @Test
  void clientsAndFixtureAreClosedWhenAClientFailsToClose() {
    tests.shop();
    tests.shop();

    assertThatThrownBy(tests::closeFixture)
        .satisfies(
            failed ->
                assertThat(failed.getSuppressed()).extracting("message").containsOnly("not closed"))
        .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(2));

    assertThat(transports).extracting(transport -> transport.closed).containsExactly(1, 1);
    URI url = transports.get(0).url;
    assertThatThrownBy(() -> new Socket(url.getHost(), url.getPort()).close())
        .isInstanceOf(ConnectException.class);
  }

  /** A transport whose {@code close} throws. */
  private static final class FailsToClose implements Transport {

    private final URI url;
    private int closed;

    FailsToClose(URI url) {
      this.url = url;
    }

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      return Outcome.notDelivered("never called", null);
    }

    @Override
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      return CompletableFuture.completedFuture(execute(operation, context));
    }

    @Override
    public void close() {
      closed++;
      throw new IllegalStateException("not closed");
    }
  }
}

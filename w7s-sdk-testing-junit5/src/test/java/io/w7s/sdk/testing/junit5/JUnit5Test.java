package io.w7s.sdk.testing.junit5;

import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.contract.TransportContract;
import io.w7s.sdk.testing.contract.TransportFixture;
import io.w7s.sdk.testing.junit.W7sTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What w7s-sdk-testing has for JUnit works on JUnit 5.12, too. */
class JUnit5Test {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  @W7sTest(start = "2030-01-01T00:00:00Z")
  static class Passing {

    private final List<String> handled = new ArrayList<>();
    private final InMemoryW7s ofConstructor;

    Passing(InMemoryW7s w7s) {
      ofConstructor = w7s;
    }

    @BeforeEach
    void deploy(InMemoryW7s w7s) {
      w7s.deploy(
          W7sApp.builder(AppRef.of("acme/worker"))
              .on(JOBS, message -> handled.add(message.body()))
              .build());
    }

    @Test
    void handles(InMemoryW7s w7s, VirtualTime time) {
      w7s.as("acme/shop").queues().send(JOBS, "a");
      w7s.runUntilIdle();

      assertThat(handled).containsExactly("a");
      assertThat(w7s).queue(JOBS).hasDelivered(1).isEmpty();
      assertThat(w7s).isSameAs(ofConstructor);
      assertThat(time.now()).isEqualTo("2030-01-01T00:00:05Z");
    }

    @Test
    void leavesAMessage(InMemoryW7s w7s) {
      w7s.as("acme/shop").queues().send(JOBS, "a");
    }
  }

  /** Its tests are found; there is nothing that they could run on. */
  static class Contract extends TransportContract {
    @Override
    protected TransportFixture open(Limits limits) {
      throw new IllegalStateException("no fixture");
    }
  }

  @Test
  void thisIsJUnit5() {
    assertThat(Test.class.getPackage().getImplementationVersion()).startsWith("5.12.");
  }

  @Test
  void aTestPassesOrFailsForWhatItLeft() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Passing.class))
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.started(2).succeeded(1).failed(1));
  }

  @Test
  void theContractIsFoundAndRun() {
    Events tests =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Contract.class))
            .execute()
            .testEvents();

    assertThat(tests.started().count()).isGreaterThanOrEqualTo(92);
    assertThat(tests.failed().count()).isEqualTo(tests.started().count());
  }
}

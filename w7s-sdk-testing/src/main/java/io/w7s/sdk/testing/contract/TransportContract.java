package io.w7s.sdk.testing.contract;

import io.w7s.sdk.emulator.app.Limits;
import org.junit.jupiter.api.Nested;

/**
 * The tests that every transport must pass: the same call has the same result everywhere, down to
 * the type of the exception. A test class extends it and opens a fixture for the transport:
 *
 * <pre>{@code
 * class MyTransportTest extends TransportContract {
 *   @Override
 *   protected TransportFixture open(Limits limits) {
 *     return new MyFixture(limits);
 *   }
 * }
 * }</pre>
 *
 * <p>The tests are in one class for each topic: {@link RpcContract}, {@link QueueContract}, {@link
 * ConsumptionContract}, {@link EventContract}, {@link WorkflowContract}, {@link PayloadContract},
 * {@link RefusalContract}, {@link NoResponseContract} and {@link CancellationContract}. This class
 * nests all of them. To start with some of them, nest these in your own test class:
 *
 * <pre>{@code
 * class MyTransportTest {
 *   @Nested
 *   class Rpcs extends RpcContract {
 *     Rpcs() {
 *       super(MyFixture::new);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>The tests call through {@code W7s}, blocking and async, without retries. They need JUnit 5.12
 * or later with parameters, and AssertJ.
 */
public abstract class TransportContract {

  /** For subclasses. */
  protected TransportContract() {}

  /**
   * Opens a fixture for one test, which closes it.
   *
   * @param limits the limits that apply to all apps of the fixture
   */
  protected abstract TransportFixture open(Limits limits);

  @Nested
  class Rpcs extends RpcContract {
    Rpcs() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Queues extends QueueContract {
    Queues() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Consumption extends ConsumptionContract {
    Consumption() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Events extends EventContract {
    Events() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Workflows extends WorkflowContract {
    Workflows() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Payloads extends PayloadContract {
    Payloads() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Refusals extends RefusalContract {
    Refusals() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class NoResponses extends NoResponseContract {
    NoResponses() {
      super(TransportContract.this::open);
    }
  }

  @Nested
  class Cancellations extends CancellationContract {
    Cancellations() {
      super(TransportContract.this::open);
    }
  }
}

package io.w7s.sdk.testing.guide;

import io.w7s.sdk.testing.contract.EmulatorFixture;
import io.w7s.sdk.testing.contract.QueueContract;
import io.w7s.sdk.testing.contract.WorkflowContract;
import org.junit.jupiter.api.Nested;

/** A transport can be tested with some parts of the contract. */
// [parts]
class MyQueuesTest {
  @Nested
  class Queues extends QueueContract {
    Queues() {
      super(limits -> new EmulatorFixture(limits, MyTransport::connect));
    }
  }

  @Nested
  class Workflows extends WorkflowContract {
    Workflows() {
      super(limits -> new EmulatorFixture(limits, MyTransport::connect));
    }
  }
}
// [parts]

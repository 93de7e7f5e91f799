package io.w7s.sdk.testing.contract;

import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Nested;

/** The stores in memory. */
class InMemoryStoresTest {

  @Nested
  class Processed extends ProcessedMessagesContract {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final ProcessedMessages store = ProcessedMessages.inMemory(1_000, time);

    @Override
    protected ProcessedMessages store() {
      return store;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }
  }

  @Nested
  class Parked extends ParkedMessagesContract {

    private final ParkedMessages store = ParkedMessages.inMemory();

    @Override
    protected ParkedMessages store() {
      return store;
    }
  }
}

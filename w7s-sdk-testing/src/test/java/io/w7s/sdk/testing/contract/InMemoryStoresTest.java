package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.events.DeliveredEvents;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.step.StepLog;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The stores in memory. */
class InMemoryStoresTest {

  @Nested
  class Queued extends MessageStoreContract {

    private final MapMessageStore store = new MapMessageStore();

    @Override
    protected MessageStore store() {
      return store;
    }

    @Override
    protected MessageStore reopened() {
      store.close();
      return store;
    }
  }

  @Nested
  class Steps extends StepLogContract {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final StepLog log = StepLog.inMemory(time);

    @Override
    protected StepLog log() {
      return log;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }
  }

  /** The contract in its shortest form. */
  private static final class MapMessageStore implements MessageStore {

    private final Map<Queue, String> consumers = new HashMap<>();
    private final Map<Queue, Map<String, Message>> messages = new HashMap<>();

    @Override
    public synchronized void declare(Queue queue, String consumer) {
      consumers.put(queue, consumer);
      messages.putIfAbsent(queue, new HashMap<>());
    }

    @Override
    public synchronized void save(Queue queue, List<Message> batch) {
      batch.forEach(each -> messages.get(queue).put(each.id(), each));
    }

    @Override
    public synchronized void remove(Queue queue, List<String> ids) {
      ids.forEach(messages.getOrDefault(queue, Map.of())::remove);
    }

    @Override
    public synchronized List<Message> load(Queue queue) {
      return List.copyOf(messages.getOrDefault(queue, Map.of()).values());
    }

    @Override
    public synchronized List<KeptQueue> queues() {
      return messages.entrySet().stream()
          .filter(queue -> !queue.getValue().isEmpty())
          .map(
              queue ->
                  new KeptQueue(
                      queue.getKey(), consumers.get(queue.getKey()), queue.getValue().size()))
          .toList();
    }
  }

  @Nested
  class Delivered extends DeliveredEventsContract {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final DeliveredEvents store = DeliveredEvents.inMemory(time);

    @Override
    protected DeliveredEvents store() {
      return store;
    }

    @Override
    protected Duration window() {
      return Duration.ofHours(1);
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }
  }

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
  class Signatures extends UsedSignaturesContract {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final UsedSignatures store = UsedSignatures.inMemory(1_000, time);

    @Override
    protected UsedSignatures store() {
      return store;
    }

    /** Memory is one process's own. */
    @Override
    protected UsedSignatures another() {
      return store;
    }

    @Override
    protected Instant now() {
      return time.now();
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    @Test
    void forgetsNothingThatIsValidToMakeRoom() {
      UsedSignatures two = UsedSignatures.inMemory(2, time);
      two.firstUse("signature-0000001", now().plusSeconds(300));
      two.firstUse("signature-0000002", now().plusSeconds(600));

      assertThatThrownBy(() -> two.firstUse("signature-0000003", now().plusSeconds(300)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("all 2 signatures");
      assertThat(two.firstUse("signature-0000001", now().plusSeconds(300))).isFalse();
      pass(Duration.ofSeconds(301));
      assertThat(two.firstUse("signature-0000003", now().plusSeconds(300))).isTrue();
      assertThat(two.firstUse("signature-0000002", now().plusSeconds(300))).isFalse();
    }

    @Test
    void hasRoomForOneAtLeast() {
      assertThatThrownBy(() -> UsedSignatures.inMemory(0, time))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("maxSignatures");
    }
  }

  @Nested
  class Blobs extends BlobStoreContract {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final BlobStore store = BlobStore.inMemory(10_000_000, time);

    @Override
    protected BlobStore store() {
      return store;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    @Test
    void aFullStoreRefusesAndDropsNothing() {
      var small = BlobStore.inMemory(10, time);
      BlobRef first = BlobRef.of("0b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d", new byte[6]);
      BlobRef second = BlobRef.of("1b0e4ac4-6f8e-4a4e-9d6f-3f1d8a1c2b3d", new byte[5]);
      small.put(first, new byte[6]);

      assertThatThrownBy(() -> small.put(second, new byte[5]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no room for a blob of 5 bytes");
      assertThat(small.get(first)).isPresent();

      time.advance(small.expiry().plusSeconds(1));
      small.put(second, new byte[5]);
      assertThat(small.get(first)).isEmpty();
      assertThat(small.get(second)).isPresent();
    }

    @Test
    void aStoreWithoutRoomIsRefused() {
      assertThatThrownBy(() -> BlobStore.inMemory(0, time))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("must be 1 or more");
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

package io.w7s.sdk.testing.contract;

import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.spi.MessageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;

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

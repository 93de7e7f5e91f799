package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is on the queues beyond the life of a platform. The queues themselves are in memory;
 * the store is told of each change before its effect is visible, and asked once for each queue what
 * it kept. Implementations are thread-safe.
 */
public interface MessageStore {

  /** Keeps nothing: what is on the queues ends with the platform. */
  MessageStore NONE =
      new MessageStore() {
        @Override
        public void save(QueuedMessage message, Instant availableAt) {}

        @Override
        public void remove(QueuedMessage message) {}

        @Override
        public List<Stored> load(QueueId queue) {
          return List.of();
        }
      };

  /**
   * Keeps a message that was sent, or that is to be delivered once more: then it takes the place of
   * the one with its id. When this throws, the message was not taken.
   *
   * @param availableAt when it may be delivered
   */
  void save(QueuedMessage message, Instant availableAt);

  /** Forgets a message that was acknowledged or dropped. */
  void remove(QueuedMessage message);

  /** Returns what was kept for a queue, in any order; asked when the queue is declared. */
  List<Stored> load(QueueId queue);

  /**
   * A message as it is kept. The body is handed over, not copied.
   *
   * @param id 32 hexadecimal digits
   * @param attempts which delivery its next one is, from 1
   * @param enqueuedAt when the queue took it
   * @param availableAt when it may be delivered
   * @param caller who sent it; null where that is not known
   * @param body JSON
   */
  record Stored(
      String id,
      int attempts,
      Instant enqueuedAt,
      Instant availableAt,
      @Nullable Caller caller,
      byte[] body) {}
}

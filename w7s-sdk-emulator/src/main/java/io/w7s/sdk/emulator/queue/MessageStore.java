package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the messages on the queues beyond the life of a platform. The queues themselves are in
 * memory. They tell the store each change before its effect is visible, and load what it kept when
 * they are declared. Implementations are thread-safe.
 */
public interface MessageStore {

  /** Keeps nothing: the messages are lost when the platform ends. */
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
   * Keeps a message that was sent or will be delivered again. It replaces the message with the same
   * id. When this throws, the message was not accepted.
   *
   * @param availableAt when it may be delivered
   */
  void save(QueuedMessage message, Instant availableAt);

  /** Forgets a message that was acknowledged or dropped. */
  void remove(QueuedMessage message);

  /** Returns the messages kept for a queue, in any order; called when the queue is declared. */
  List<Stored> load(QueueId queue);

  /**
   * A message as it is kept. The body is handed over, not copied.
   *
   * @param id 32 hexadecimal digits
   * @param attempts the number of its next delivery, from 1
   * @param enqueuedAt when the queue accepted it
   * @param availableAt when it may be delivered
   * @param caller who sent it; null when unknown
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

package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.emulator.app.DeliveryResult;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The queues of a platform: the messages on them, the messages that were dropped, and how the
 * queues deliver. Thread-safe.
 */
public interface Queues {

  /** Sets how a queue delivers, from now on and also after its app is deployed again. */
  void configure(QueueId queue, QueueSettings settings);

  /** Returns how a queue delivers, also when the queue does not exist yet. */
  QueueSettings settings(QueueId queue);

  /** Returns all queues, in no order. */
  List<QueueId> all();

  /**
   * Counts the messages of a queue.
   *
   * @throws NoSuchElementException when there is no such queue
   */
  QueueCounts counts(QueueId queue);

  /**
   * Returns a copy of the messages that are on a queue and not with its consumer: first those that
   * are available, then the others in the order in which they become available.
   *
   * @throws NoSuchElementException when there is no such queue
   */
  List<QueuedMessage> waiting(QueueId queue);

  /**
   * Delivers one batch of the available messages on the calling thread, without waiting for the
   * batch to fill.
   *
   * @return the number of messages in the batch; 0 when none is available or a batch is with the
   *     consumer
   * @throws NoSuchElementException when there is no such queue
   */
  int deliverNow(QueueId queue);

  /**
   * Hands messages that are on no queue to the consumer of a queue, once, as one batch. They are
   * not delivered again, whatever the result.
   */
  DeliveryResult deliver(QueueId queue, List<DeliveredMessage> batch);

  /** Returns the messages that were dropped last, of all queues, oldest first. */
  List<DeadLetter> deadLetters();

  /** Forgets the dead letters; the counts of the queues stay as they are. */
  void clearDeadLetters();
}

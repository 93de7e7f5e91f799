package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.spi.MessageStore;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store behind the queues. A message is accepted only when it is kept. After that a queue goes
 * on when its store fails: only a next process then knows less. Thread-safe.
 */
final class KeptMessages {

  private static final Logger log = LoggerFactory.getLogger(KeptMessages.class);

  private final MessageStore store;
  private final boolean none;

  KeptMessages(MessageStore store) {
    this.store = store;
    this.none = store == MessageStore.NONE;
  }

  void declare(QueueId queue, String consumer) {
    store.declare(stored(queue), consumer);
  }

  List<MessageStore.Message> load(QueueId queue) {
    return store.load(stored(queue));
  }

  /**
   * Keeps a message that is sent.
   *
   * @throws NotStoredException when the store does not take it
   */
  void accept(QueuedMessage message, Instant availableAt) {
    if (none) {
      return;
    }
    try {
      store.save(stored(message.queue()), List.of(stored(message, availableAt)));
    } catch (RuntimeException e) {
      throw new NotStoredException(message.queue(), e);
    }
  }

  /** Keeps messages of one queue that will be delivered again. */
  void deliverAgain(List<? extends QueuedMessage> messages, Instant availableAt) {
    if (none || messages.isEmpty()) {
      return;
    }
    QueueId queue = messages.get(0).queue();
    try {
      store.save(
          stored(queue), messages.stream().map(message -> stored(message, availableAt)).toList());
    } catch (RuntimeException e) {
      log.warn(
          "queue {}: the store does not know that {} messages are delivered again; after a restart"
              + " they count an attempt less",
          queue,
          messages.size(),
          e);
    }
  }

  /** Forgets messages of one queue that were acknowledged or dropped. */
  void forget(List<? extends QueuedMessage> messages) {
    if (none || messages.isEmpty()) {
      return;
    }
    QueueId queue = messages.get(0).queue();
    try {
      store.remove(stored(queue), messages.stream().map(QueuedMessage::id).toList());
    } catch (RuntimeException e) {
      log.warn(
          "queue {}: {} messages are done, but still in the store; after a restart they are"
              + " delivered again",
          queue,
          messages.size(),
          e);
    }
  }

  private static MessageStore.Queue stored(QueueId queue) {
    return new MessageStore.Queue(queue.app(), queue.environment(), queue.name());
  }

  private static MessageStore.Message stored(QueuedMessage message, Instant availableAt) {
    return new MessageStore.Message(
        message.id(),
        message.attempts(),
        message.enqueuedAt(),
        availableAt,
        message.caller(),
        message.body());
  }
}

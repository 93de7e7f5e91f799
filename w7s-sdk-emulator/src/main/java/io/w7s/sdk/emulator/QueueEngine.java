package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.DeadLetter.Reason;
import io.w7s.sdk.emulator.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues: at least once, in batches that are acknowledged as a whole.
 *
 * <p>A batch goes out when enough messages are available to fill it, or when one of them has waited
 * long enough: until {@link QueueSettings#batchWait} after it was sent or until its delay has
 * ended, whichever is later. A batch that fails returns whole, and each message is available again,
 * and has waited enough, after the retry delay. One that failed {@code 1 + maxRetries} times is
 * dropped: logged, counted and kept among {@link #deadLetters()}.
 *
 * <p>A queue has one batch with its consumer at a time; batches of different queues may run at the
 * same time, where the agenda's items do. A queue has one item on the agenda, not one for each
 * message.
 *
 * <p>A redeploy {@linkplain #declare declares} a queue again: its messages stay as they are, with
 * their times and attempts, and the new settings hold for what is sent, batched and retried from
 * then on. {@link #remove} drops what is on the queue into the dead letters; a batch that is with
 * the consumer is done with if it succeeds, and dropped too if not. A queue of the same name that
 * is declared later starts empty.
 *
 * <p>Thread-safe; no lock is held while a batch is delivered.
 */
final class QueueEngine {

  /** Hands a batch to the queue's consumer. What it throws counts as a failure. */
  @FunctionalInterface
  interface Consumer {
    Delivery deliver(List<QueuedMessage> batch);
  }

  private static final Logger log = LoggerFactory.getLogger(QueueEngine.class);

  private final Timeline timeline;
  private final Consumer consumer;
  private final PlatformListener listener;
  private final MessageStore store;
  private final RandomGenerator random;
  private final @Nullable RandomGenerator shuffle;
  private final @Nullable EnqueueFault passage;
  private final DeadLetters deadLetters;
  private final Map<QueueId, QueueState> queues = new ConcurrentHashMap<>();

  QueueEngine(Platform.Builder parts, Consumer consumer, PlatformListener listener) {
    this.timeline = parts.timeline;
    this.random = timeline.random();
    this.shuffle = parts.shuffled ? timeline.random() : null;
    this.passage = parts.passage;
    this.store = parts.store;
    this.deadLetters = new DeadLetters(parts.deadLettersKept);
    this.consumer = consumer;
    this.listener = listener;
  }

  /**
   * Makes a queue with what the store has kept of it, or gives one that is there other settings.
   */
  QueueState declare(QueueId id, QueueSettings settings) {
    return queues.compute(
        id,
        (name, queue) -> {
          if (queue != null) {
            queue.change(settings);
            return queue;
          }
          var created = new QueueState(this, name, settings);
          store.load(name).forEach(stored -> restore(created, stored));
          return created;
        });
  }

  private void restore(QueueState queue, MessageStore.Stored stored) {
    Duration left = Duration.between(timeline.now(), stored.availableAt());
    queue.add(
        queue.message(
            HexFormat.fromHexDigitsToLong(stored.id().substring(0, 16)),
            HexFormat.fromHexDigitsToLong(stored.id().substring(16)),
            stored.attempts(),
            stored.enqueuedAt(),
            stored.caller(),
            stored.body(),
            left.isNegative() ? Duration.ZERO : left));
  }

  /**
   * Removes a queue and drops the messages on it.
   *
   * @return how many were dropped; those with the consumer now are not among them
   */
  int remove(QueueId id) {
    QueueState queue = queues.remove(id);
    return queue == null ? 0 : queue.remove();
  }

  /**
   * Puts a message on a queue.
   *
   * @return whether the queue is still there
   */
  boolean send(
      QueueState queue, Instant enqueuedAt, @Nullable Caller caller, byte[] body, Duration delay) {
    long idHigh = random.nextLong();
    long idLow = random.nextLong();
    QueuedMessage message = queue.message(idHigh, idLow, 1, enqueuedAt, caller, body, delay);
    listener.sent(message, delay); // before it can be delivered
    if (passage == null) {
      return put(queue, message, delay);
    }
    boolean taken = true;
    for (Duration more : passage.copies(queue.id())) {
      taken &= put(queue, queue.copy(message, delay.plus(more)), delay.plus(more));
    }
    return taken;
  }

  private boolean put(QueueState queue, QueuedMessage message, Duration delay) {
    if (store != MessageStore.NONE) {
      store.save(message, message.enqueuedAt().plus(delay));
    }
    return queue.add(message);
  }

  /** Delivers one batch of what is available, however short it has waited, on this thread. */
  int deliverNow(QueueId id) {
    return existing(id).deliverNow();
  }

  QueueCounts counts(QueueId id) {
    return existing(id).counts();
  }

  /** First those that are available in their order, then the others by the time they will be. */
  List<QueuedMessage> waiting(QueueId id) {
    return existing(id).waiting();
  }

  /** Of all queues, oldest first. */
  List<DeadLetter> deadLetters() {
    return deadLetters.list();
  }

  void clearDeadLetters() {
    deadLetters.clear();
  }

  List<QueueId> all() {
    return List.copyOf(queues.keySet());
  }

  private QueueState existing(QueueId id) {
    QueueState queue = queues.get(id);
    if (queue == null) {
      throw new NoSuchElementException("no queue " + id);
    }
    return queue;
  }

  Timeline timeline() {
    return timeline;
  }

  @Nullable RandomGenerator shuffle() {
    return shuffle;
  }

  /** Delivers a batch; an exception is a failed delivery. */
  Delivery deliver(List<QueuedMessage> batch) {
    listener.delivering(batch);
    try {
      return consumer.deliver(batch);
    } catch (RuntimeException e) {
      log.warn(
          "queue {}: the delivery of {} messages threw", batch.get(0).queue(), batch.size(), e);
      return Delivery.failed("the delivery threw " + e.getClass().getName());
    }
  }

  /** Writes down what came of a batch. Called with no lock held, before anything comes again. */
  void settled(List<QueuedMessage> batch, Delivery delivery, List<QueuedMessage> again) {
    listener.delivered(batch, delivery);
    if (!again.isEmpty()) {
      log.warn(
          "queue {}: {} of {} messages come again: {}",
          batch.get(0).queue(),
          again.size(),
          batch.size(),
          delivery.cause());
    }
    for (QueuedMessage message : again) {
      Instant at = timeline.now().plusNanos(message.availableAt - timeline.nanos());
      if (store != MessageStore.NONE) {
        store.save(message, at);
      }
      listener.retrying(message, at);
    }
    if (store != MessageStore.NONE && delivery.outcome() == Delivery.Outcome.DONE) {
      batch.forEach(store::remove);
    }
  }

  /** Drops a message that was on a queue. Called with no lock held. */
  void drop(QueuedMessage message, Reason reason, String cause) {
    log.warn("dropped {}: {}{}", message, reason, cause.isEmpty() ? "" : ", " + cause);
    var letter = new DeadLetter(message, reason, cause, timeline.now());
    deadLetters.add(letter);
    store.remove(message);
    listener.deadLettered(letter);
  }
}

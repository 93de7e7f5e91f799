package io.w7s.sdk.emulator;

import io.w7s.sdk.internal.wire.QueueDelivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;

/** The queues of a {@link Platform}: what is on them, what was dropped, how they deliver. */
public final class Queues {

  private final Registry registry;
  private final QueueService service;
  private final QueueEngine engine;
  private final QueueSettings defaults;
  private final Map<QueueId, QueueSettings> chosen = new ConcurrentHashMap<>();

  Queues(Registry registry, QueueService service, QueueEngine engine, QueueSettings defaults) {
    this.registry = registry;
    this.service = service;
    this.engine = engine;
    this.defaults = defaults;
  }

  QueueState declare(QueueId id) {
    return engine.declare(id, settings(id));
  }

  /** Sets how a queue delivers, from now on and also after it is deployed again. */
  public void configure(QueueId queue, QueueSettings settings) {
    chosen.put(queue, settings);
    DeployedApp owner = registry.find(queue.owner());
    if (owner != null && owner.queue(queue.name()) != null) {
      engine.declare(queue, settings);
    }
  }

  /** Returns how a queue delivers, whether it is there or not. */
  public QueueSettings settings(QueueId queue) {
    return chosen.getOrDefault(queue, defaults);
  }

  /** Returns the queues that there are, in no order. */
  public List<QueueId> all() {
    return engine.all();
  }

  /**
   * Counts the messages of a queue.
   *
   * @throws NoSuchElementException when there is no such queue
   */
  public QueueCounts counts(QueueId queue) {
    return engine.counts(queue);
  }

  /**
   * Returns a copy of what is on a queue and not with its consumer: first what is available, then
   * the others by the time they will be.
   *
   * @throws NoSuchElementException when there is no such queue
   */
  public List<QueuedMessage> waiting(QueueId queue) {
    return engine.waiting(queue);
  }

  /**
   * Delivers one batch of what is available, however short it has waited, on the calling thread.
   *
   * @return how many messages went out; 0 when none is available or a batch is with the consumer
   * @throws NoSuchElementException when there is no such queue
   */
  public int deliverNow(QueueId queue) {
    return engine.deliverNow(queue);
  }

  /**
   * Hands messages that are on no queue to a queue's consumer, once, as one batch. Whatever comes
   * of it, they are not delivered again.
   */
  public Delivery deliver(QueueId queue, List<DeliveredMessage> batch) {
    var messages = new ArrayList<QueueDelivery.Message>();
    for (DeliveredMessage message : batch) {
      messages.add(message.toWire());
    }
    return service.deliver(queue.owner(), queue.name(), messages);
  }

  /** Returns the last messages that were dropped, of all queues, oldest first. */
  public List<DeadLetter> deadLetters() {
    return engine.deadLetters();
  }

  /** Forgets the dead letters; the counts of the queues stay. */
  public void clearDeadLetters() {
    engine.clearDeadLetters();
  }
}

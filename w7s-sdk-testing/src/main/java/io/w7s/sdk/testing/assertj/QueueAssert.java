package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Kind;

/** Assertions about a queue. */
public final class QueueAssert extends PlatformAssert<QueueAssert> {

  private final QueueId queue;

  QueueAssert(InMemoryW7s actual, QueueId queue) {
    super(
        actual,
        QueueAssert.class,
        "queue " + queue,
        entry -> entry.target().equals(queue.toString()));
    this.queue = queue;
  }

  private QueueCounts counts() {
    if (!actual.platform().queues().all().contains(queue)) {
      throw failure(
          "to exist; the queues are "
              + actual.platform().queues().all().stream().map(QueueId::toString).sorted().toList());
    }
    return actual.platform().queues().counts(queue);
  }

  /** Checks how many messages were sent to the queue. */
  public QueueAssert hasReceived(int messages) {
    return hasCount("messages sent to it", messages, counts().sent());
  }

  /** Checks how many messages the handler acknowledged, after any number of attempts. */
  public QueueAssert hasDelivered(int messages) {
    return hasCount("messages delivered and acknowledged", messages, counts().acknowledged());
  }

  /** Checks the number of delivery attempts of all messages. */
  public QueueAssert hasAttempted(int deliveries) {
    return hasCount("deliveries attempted", deliveries, recorded(Kind.DELIVERED));
  }

  /** Checks how many messages were dropped. */
  public QueueAssert hasDeadLetters(int messages) {
    return hasCount("dead letters", messages, counts().deadLettered());
  }

  /** Checks that no message was dropped. */
  public QueueAssert hasNoDeadLetters() {
    return hasDeadLetters(0);
  }

  /**
   * Checks how often a message was parked by a consumer with {@code W7sApp.Builder.consumption}. A
   * parked message counts as delivered, not as a dead letter.
   */
  public QueueAssert hasParked(int messages) {
    return hasCount("messages parked", messages, recorded(Kind.PARKED));
  }

  /** Checks that no message was parked. */
  public QueueAssert hasNoneParked() {
    return hasParked(0);
  }

  /**
   * Checks how often a message was held back by a consumer with {@code W7sApp.Builder.consumption},
   * once for each wait.
   */
  public QueueAssert hasHeld(int messages) {
    return hasCount("messages held back", messages, recorded(Kind.HELD));
  }

  /** Checks how many messages are on the queue, including delayed ones. */
  public QueueAssert hasWaiting(int messages) {
    return hasCount("messages waiting", messages, counts().depth());
  }

  /** Checks that no message is on the queue. */
  public QueueAssert isEmpty() {
    return hasWaiting(0);
  }
}

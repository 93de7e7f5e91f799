package io.w7s.sdk.consumption;

import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.SendAgain;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were set aside: those that failed for good, which wait for a person, and those
 * that are held back and will be sent again by themselves. Implementations are thread-safe. {@code
 * ParkedMessagesContract} in {@code w7s-sdk-testing} tests one.
 *
 * <p>Every method may throw an unchecked exception when the store cannot be reached. A message that
 * cannot be parked is not acknowledged, and the platform delivers it again.
 */
public interface ParkedMessages {

  /**
   * Returns a store in memory, for tests and for consumers that may lose parked messages when the
   * process ends. It has no limit.
   */
  static ParkedMessages inMemory() {
    return new InMemoryParkedMessages();
  }

  /**
   * Stores a message, or changes one.
   *
   * @param message the message as it shall be; its queue and key say which it is
   * @param formerToken the token of the message that is to be changed; null for a message that is
   *     new
   * @return false when nothing was stored: a new message is there already, or the one to change has
   *     another token by now or is gone
   */
  boolean put(ParkedMessage message, @Nullable String formerToken);

  /** Returns a message; empty when it is not here. */
  Optional<ParkedMessage> find(String queue, String key);

  /**
   * Returns the messages of a queue in a state, the oldest first; unmodifiable.
   *
   * @param queue the queue, as {@code owner/repo/name}
   * @param limit how many at most
   * @param after the last message of the page before; null for the first page
   */
  List<ParkedMessage> list(
      String queue, ParkedMessage.State state, int limit, @Nullable ParkedMessage after);

  /** Returns how many messages of a queue are in a state; for an alert. */
  long count(String queue, ParkedMessage.State state);

  /**
   * Returns messages that are held back and should have been sent again by now, the most overdue
   * first; unmodifiable.
   *
   * @param before how long ago: those that were due before this
   * @param limit how many at most
   */
  List<ParkedMessage> overdue(String queue, Instant before, int limit);

  /**
   * Removes a message.
   *
   * @return false when it is gone, or was changed since this copy of it was read
   */
  boolean remove(ParkedMessage message);

  /**
   * Drops a parked message: it will never be handled.
   *
   * @return false when it is not here
   */
  default boolean drop(String queue, String key) {
    Optional<ParkedMessage> message = find(queue, key);
    return message.isPresent() && (remove(message.get()) || drop(queue, key));
  }

  /**
   * Sends a parked message again: its consumer gets it once more, with the same id and the next
   * attempt, although it is done for the store of processed messages. Sent again twice, it is
   * handled once. The message stays in the store until it is handled; if it fails again, it is
   * parked again.
   *
   * @param queues sends as the app that consumes the queue, or as one that may send to it
   * @return false when there is no such message
   * @throws io.w7s.sdk.error.W7sException when it could not be sent. It stays parked; if it was on
   *     its way all the same, it is handled and removed
   */
  default boolean sendAgain(String queue, String key, QueueClient queues) {
    ParkedMessage message = find(queue, key).orElse(null);
    if (message == null) {
      return false;
    }
    if (message.state() == ParkedMessage.State.PARKED) {
      ParkedMessage released =
          message.toBuilder()
              .state(ParkedMessage.State.HELD)
              .due(message.parkedAt()) // at once, whatever clock its consumer has
              .token(RandomIds.next(TimeSource.system().random()))
              .build();
      if (!put(released, message.token())) {
        return sendAgain(queue, key, queues); // somebody else changed it
      }
      message = released;
    }
    try {
      new SendAgain(key, message.token()).send(queue, queues, Duration.ZERO);
    } catch (RuntimeException unsent) {
      // With the same token, because it may have been sent.
      put(message.toBuilder().state(ParkedMessage.State.PARKED).build(), message.token());
      throw unsent;
    }
    return true;
  }
}

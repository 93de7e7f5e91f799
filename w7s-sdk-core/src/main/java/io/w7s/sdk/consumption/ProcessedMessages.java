package io.w7s.sdk.consumption;

import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/**
 * The memory of which messages were handled. A message is claimed before its handler runs and
 * completed after it; a claim has a lease, so that a message whose consumer has died can be taken
 * over. Implementations are thread-safe, and those that several processes share decide every claim
 * in one place. {@code ProcessedMessagesContract} in {@code w7s-sdk-testing} tests one.
 *
 * <p>Keys belong to a queue, named {@code owner/repo/name}. A store serves one environment: use
 * another table or database for each, because neither the queue nor the key says which it is.
 *
 * <p>Every method may throw an unchecked exception when the store cannot be reached. The delivery
 * is then not acknowledged, and the platform delivers it again.
 */
public interface ProcessedMessages {

  /**
   * The longest key, in characters. A key has at least one, no control characters and no unpaired
   * surrogates.
   */
  int MAX_KEY_LENGTH = 200;

  /** How long {@link #inMemory()} and the stores of the SDK keep a message: 2 days. */
  Duration DEFAULT_WINDOW = Duration.ofDays(2);

  /** How many messages {@link #inMemory()} keeps at least. */
  int DEFAULT_MEMORY = 100_000;

  /**
   * Returns a store in memory for the last 100,000 messages, for tests and for a single process
   * that may forget what it handled when it ends. When there are more, the oldest are forgotten
   * early, and a warning says so. It keeps messages for two days.
   */
  static ProcessedMessages inMemory() {
    return inMemory(DEFAULT_MEMORY, TimeSource.system());
  }

  /**
   * Returns a store in memory.
   *
   * @param maxMessages how many of the last messages it keeps at least, 1 or more; it keeps twice
   *     as many at most. It needs some 200 bytes for each
   * @param time the clock for leases and for the window
   * @throws io.w7s.sdk.error.InvalidInputException when {@code maxMessages} is less than 1
   */
  static ProcessedMessages inMemory(int maxMessages, TimeSource time) {
    return new InMemoryProcessedMessages(maxMessages, DEFAULT_WINDOW, time);
  }

  /**
   * Returns how long a message is kept after it is done. A message that comes again later is
   * handled again; {@link Consumption} refuses a window that is shorter than the time in which the
   * platform may deliver a message.
   */
  Duration window();

  /**
   * Returns which of some messages are done. One query, however many there are.
   *
   * @param queue the queue
   * @param keys at most as many as a batch has
   */
  Set<String> done(String queue, Collection<String> keys);

  /**
   * Claims a message, if it is not done and nobody else has a claim whose lease lasts. Of several
   * that try at the same time, one gets it.
   *
   * @param queue the queue
   * @param key the message's key
   * @param lease how long the claim holds unless it is renewed
   * @param takeOver whether a claim is given also when an earlier one was neither completed nor
   *     released within its lease; otherwise the result is {@code ABANDONED}, now and ever after
   */
  ClaimResult claim(String queue, String key, Duration lease, boolean takeOver);

  /**
   * Extends the lease of a claim, beginning now.
   *
   * @return false when the claim no longer holds: it is completed, released, or was taken over
   */
  boolean renew(Claim claim, Duration lease);

  /**
   * Marks a claimed message as done. A claim whose lease has ended can be completed as long as
   * nobody has taken the message over. Completing it again changes nothing.
   *
   * @return false when the message was taken over; then it is not marked
   */
  boolean complete(Claim claim);

  /** Marks a message as done, whoever has the claim. */
  void complete(String queue, String key);

  /**
   * Gives a claim back, so that the next delivery gets it at once. Does nothing when the claim no
   * longer holds.
   */
  void release(Claim claim);
}

package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;

/**
 * How a queue delivers its messages. Immutable.
 *
 * @param batchSize the largest number of messages in a batch, from 1 to 1,000
 * @param batchWait the longest time that a message waits for others to fill its batch, from zero to
 *     a day
 * @param maxRetries how often a message is delivered again after its first delivery failed, from 0
 *     to 1,000
 * @param retryDelay the time between a failed delivery and the next one, from zero to a day
 */
public record QueueSettings(
    int batchSize, Duration batchWait, int maxRetries, Duration retryDelay) {

  /** The longest delay of a message: a day. */
  public static final Duration LONGEST_DELAY = Duration.ofDays(1);

  /** The settings of the platform: batches of 10, a wait of 5 s, 3 retries 10 s apart. */
  public static final QueueSettings PLATFORM =
      new QueueSettings(10, Duration.ofSeconds(5), 3, Duration.ofSeconds(10));

  private static final int MOST = 1_000;

  /**
   * Checks the ranges.
   *
   * @throws InvalidInputException when a value is outside of its range
   */
  public QueueSettings {
    if (batchSize < 1 || batchSize > MOST) {
      throw new InvalidInputException("batch size", String.valueOf(batchSize), "1 to " + MOST);
    }
    if (maxRetries < 0 || maxRetries > MOST) {
      throw new InvalidInputException("max retries", String.valueOf(maxRetries), "0 to " + MOST);
    }
    checkDelay("batch wait", batchWait);
    checkDelay("retry delay", retryDelay);
  }

  /** Checks that a delay is zero to a day. */
  static void checkDelay(String name, Duration delay) {
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
      throw new InvalidInputException(name, delay.toString(), "zero to " + LONGEST_DELAY);
    }
  }

  /** Returns these settings with another batch size. */
  public QueueSettings withBatchSize(int size) {
    return new QueueSettings(size, batchWait, maxRetries, retryDelay);
  }

  /** Returns these settings with another batch wait; zero delivers without waiting for others. */
  public QueueSettings withBatchWait(Duration wait) {
    return new QueueSettings(batchSize, wait, maxRetries, retryDelay);
  }

  /**
   * Returns these settings with another number of retries; with 0 each message is delivered once.
   */
  public QueueSettings withMaxRetries(int retries) {
    return new QueueSettings(batchSize, batchWait, retries, retryDelay);
  }

  /** Returns these settings with another retry delay. */
  public QueueSettings withRetryDelay(Duration delay) {
    return new QueueSettings(batchSize, batchWait, maxRetries, delay);
  }
}

package io.w7s.sdk.emulator.queue;

/**
 * How many messages of a queue are where.
 *
 * @param ready waiting for a batch to fill or to fall due
 * @param delayed not available yet, by the sender's delay or the retry delay
 * @param inFlight with the handler now
 * @param sent ever sent
 * @param acknowledged ever acknowledged
 * @param deadLettered ever dropped
 */
public record QueueCounts(
    int ready, int delayed, int inFlight, long sent, long acknowledged, long deadLettered) {

  /** Returns how many are on the queue: neither acknowledged nor dropped. */
  public int depth() {
    return ready + delayed + inFlight;
  }
}

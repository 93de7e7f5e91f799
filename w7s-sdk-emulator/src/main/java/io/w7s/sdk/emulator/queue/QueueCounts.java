package io.w7s.sdk.emulator.queue;

/**
 * The number of messages of a queue in each state.
 *
 * @param ready waiting for a batch to fill or to be due
 * @param delayed not available yet, by the sender's delay or the retry delay
 * @param inFlight with the consumer now
 * @param sent sent since the queue was declared
 * @param acknowledged acknowledged since then
 * @param deadLettered dropped since then
 */
public record QueueCounts(
    int ready, int delayed, int inFlight, long sent, long acknowledged, long deadLettered) {

  /** Returns how many are on the queue: neither acknowledged nor dropped. */
  public int depth() {
    return ready + delayed + inFlight;
  }
}

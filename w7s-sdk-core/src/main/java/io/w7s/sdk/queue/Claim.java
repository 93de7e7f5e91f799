package io.w7s.sdk.queue;

import io.w7s.sdk.internal.text.SafeText;

/**
 * The right of one delivery at a time to handle a message. The store of processed messages gives it
 * before a handler runs. A handler passes it on to mark the message as handled within its own
 * transaction. Immutable.
 *
 * @param queue the queue, as {@code owner/repo/name}
 * @param key what identifies the message within the queue: its id, unless the consumer chose
 *     another key
 * @param owner a random number that tells this claim from earlier and later ones of the same key
 */
public record Claim(String queue, String key, long owner) {

  /** Returns the queue and the key. */
  @Override
  public String toString() {
    return "Claim[" + SafeText.of(queue) + ", " + SafeText.of(key) + "]";
  }
}

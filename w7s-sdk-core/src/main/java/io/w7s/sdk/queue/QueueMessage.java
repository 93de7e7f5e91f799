package io.w7s.sdk.queue;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * A message as its consumer sees it. The same message can come again: {@code id} stays, {@code
 * attempt} grows.
 *
 * @param id the platform's message id
 * @param attempt which delivery this is, from 1
 * @param body the message; null where the sender sent JSON null
 * @param enqueuedAt when it was sent, by the platform's clock; empty when the platform does not say
 * @param caller who sent it; empty when the platform does not say
 * @param <T> what the body is
 */
public record QueueMessage<T>(
    String id, int attempt, T body, Optional<Instant> enqueuedAt, Optional<Caller> caller) {

  /** Returns id and attempt; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "QueueMessage[id=" + id + ", attempt=" + attempt + "]";
  }
}

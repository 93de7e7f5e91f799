package io.w7s.sdk.queue;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as its consumer sees it. The same message can come again: {@code id} stays, {@code
 * attempt} grows.
 *
 * @param id the platform's message id
 * @param attempt which delivery this is, from 1
 * @param body the message; null where the sender sent JSON null or nothing, which this SDK sends
 *     for the type {@code Void} only, and where the queue's type is {@code Void}
 * @param enqueuedAt when it was sent, by the platform's clock; empty when the platform does not say
 * @param caller who sent it; empty when the platform does not say
 * @param traceParent the W3C trace that it belongs to, to go on with in calls made for it; empty
 *     when it does not say
 * @param cloudEvent what the message says of itself when it came as a CloudEvent, of which the body
 *     is the data; empty when it came as the body alone
 * @param <T> what the body is
 */
public record QueueMessage<T>(
    String id,
    int attempt,
    @Nullable T body,
    Optional<Instant> enqueuedAt,
    Optional<Caller> caller,
    Optional<String> traceParent,
    Optional<CloudEvent> cloudEvent) {

  /** A message that came as its body alone. */
  public QueueMessage(
      String id,
      int attempt,
      @Nullable T body,
      Optional<Instant> enqueuedAt,
      Optional<Caller> caller) {
    this(id, attempt, body, enqueuedAt, caller, Optional.empty(), Optional.empty());
  }

  /** Returns id and attempt; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "QueueMessage[id=" + id + ", attempt=" + attempt + "]";
  }
}

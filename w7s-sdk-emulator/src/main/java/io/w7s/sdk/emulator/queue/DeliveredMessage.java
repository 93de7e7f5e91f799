package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.wire.StoredMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message of a batch for a consumer. The body is not copied.
 *
 * @param id unique within the queue
 * @param attempts the number of this delivery, from 1
 * @param timestamp when the queue accepted it
 * @param enqueuedAt when it was sent; null when unknown
 * @param caller who sent it; null when unknown
 * @param body JSON
 */
public record DeliveredMessage(
    String id,
    int attempts,
    Instant timestamp,
    @Nullable Instant enqueuedAt,
    @Nullable Caller caller,
    byte[] body) {

  /**
   * Returns a message from what the platform's queue stores: an envelope of version 1 around the
   * body, or any other JSON, which is then the body of a message without sender and time.
   *
   * @param stored JSON
   * @throws io.w7s.sdk.error.CodecException when it is not JSON, or its envelope is malformed
   */
  public static DeliveredMessage stored(String id, int attempts, Instant timestamp, byte[] stored) {
    StoredMessage message = StoredMessage.read(stored);
    return new DeliveredMessage(
        id, attempts, timestamp, message.enqueuedAt(), message.caller(), message.body().toBytes());
  }

  /** Returns the id and the attempt, but not the body, which may be secret. */
  @Override
  public String toString() {
    return "message " + id + ", attempt " + attempts;
  }
}

package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.wire.StoredMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message of a batch that is handed to a consumer. The body is handed over, not copied.
 *
 * @param id unique within the queue
 * @param attempts how often it has been delivered, this time included
 * @param timestamp when the queue took it
 * @param enqueuedAt when it was sent; null where the platform does not know
 * @param caller who sent it; null where the platform does not know
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
   * Returns a message as the platform's queue keeps it: an envelope of version 1 with the body in
   * it, or any other JSON, which then is the body of a message without sender and time.
   *
   * @param stored JSON
   * @throws io.w7s.sdk.error.CodecException when it is not JSON, or its envelope is malformed
   */
  public static DeliveredMessage stored(String id, int attempts, Instant timestamp, byte[] stored) {
    StoredMessage message = StoredMessage.read(stored);
    return new DeliveredMessage(
        id, attempts, timestamp, message.enqueuedAt(), message.caller(), message.body().toBytes());
  }

  /** Returns id and attempt; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "message " + id + ", attempt " + attempts;
  }
}

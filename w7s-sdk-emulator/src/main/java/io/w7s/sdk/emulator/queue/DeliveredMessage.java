package io.w7s.sdk.emulator.queue;

import io.w7s.sdk.Caller;
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

  /** Returns id and attempt; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "message " + id + ", attempt " + attempts;
  }
}

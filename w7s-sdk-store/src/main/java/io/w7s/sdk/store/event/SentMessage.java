package io.w7s.sdk.store.event;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message that an outbox has put on a queue, for an event one for each subscriber. Immutable. */
public final class SentMessage {

  private final String queue;
  private final String eventId;
  private final @Nullable Instant sentAt;
  private final @Nullable Instant confirmedAt;
  private final int resends;

  SentMessage(
      String queue,
      String eventId,
      @Nullable Instant sentAt,
      @Nullable Instant confirmedAt,
      int resends) {
    this.queue = queue;
    this.eventId = eventId;
    this.sentAt = sentAt;
    this.confirmedAt = confirmedAt;
    this.resends = resends;
  }

  /** Returns the queue, as {@code owner/repo/name}. */
  public String queue() {
    return queue;
  }

  /** Returns the event's id; {@link EventStore#find} has the event. */
  public String eventId() {
    return eventId;
  }

  /**
   * Returns when the queue took it last; empty when its consumer has confirmed it, and the outbox
   * has not learnt yet that it was sent.
   */
  public Optional<Instant> sentAt() {
    return Optional.ofNullable(sentAt);
  }

  /** Returns when its consumer confirmed it; empty when it has not. */
  public Optional<Instant> confirmedAt() {
    return Optional.ofNullable(confirmedAt);
  }

  /** Returns how often it was sent again because it was not confirmed. */
  public int resends() {
    return resends;
  }

  /** Returns the values. */
  @Override
  public String toString() {
    return "SentMessage[queue="
        + queue
        + ", eventId="
        + eventId
        + ", sentAt="
        + sentAt
        + ", confirmedAt="
        + confirmedAt
        + ", resends="
        + resends
        + "]";
  }
}

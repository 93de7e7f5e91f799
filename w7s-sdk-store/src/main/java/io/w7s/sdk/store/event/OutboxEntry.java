package io.w7s.sdk.store.event;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that an outbox is still to send. Immutable. */
public final class OutboxEntry {

  /** How far an entry has come. */
  public enum State {
    /** It will be sent, or is being sent. */
    READY,
    /** It could not be sent, and waits for a person. */
    PARKED
  }

  private final long number;
  private final State state;
  private final String eventId;
  private final String subject;
  private final String target;
  private final @Nullable String orderKey;
  private final int attempts;
  private final Instant appendedAt;
  private final @Nullable String reason;

  OutboxEntry(
      long number,
      State state,
      String eventId,
      String subject,
      String target,
      @Nullable String orderKey,
      int attempts,
      Instant appendedAt,
      @Nullable String reason) {
    this.number = number;
    this.state = state;
    this.eventId = eventId;
    this.subject = subject;
    this.target = target;
    this.orderKey = orderKey;
    this.attempts = attempts;
    this.appendedAt = appendedAt;
    this.reason = reason;
  }

  /** Returns what identifies the entry, ascending in the order of appends. */
  public long number() {
    return number;
  }

  /** Returns how far it has come. */
  public State state() {
    return state;
  }

  /** Returns the event's id; {@link EventStore#find} has the event. */
  public String eventId() {
    return eventId;
  }

  /** Returns the event's subject. */
  public String subject() {
    return subject;
  }

  /** Returns where it goes: a queue, as {@code owner/repo/name}, or the subject of an event. */
  public String target() {
    return target;
  }

  /** Returns the key in whose order it is sent; empty for none. */
  public Optional<String> orderKey() {
    return Optional.ofNullable(orderKey);
  }

  /** Returns how often it was tried. */
  public int attempts() {
    return attempts;
  }

  /** Returns when it was appended. */
  public Instant appendedAt() {
    return appendedAt;
  }

  /** Returns why the last attempt failed; empty when none has. */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Returns the values of the entry. */
  @Override
  public String toString() {
    return "OutboxEntry[number="
        + number
        + ", state="
        + state
        + ", eventId="
        + eventId
        + ", target="
        + target
        + ", attempts="
        + attempts
        + (reason == null ? "" : ", reason=" + reason)
        + "]";
  }
}

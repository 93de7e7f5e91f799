package io.w7s.sdk.event;

import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.TraceParent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as it comes to a router. Who publishes it is not part of it: the router's host says so.
 *
 * @param id the event's id, 1 to 255 characters; null to have the router make one. The same id of
 *     the same publisher is the same event, whatever else differs
 * @param subject its subject
 * @param time when it happened; null for when the router gets it
 * @param data its data, one JSON value in UTF-8; handed over, not copied. It goes to the
 *     subscribers byte for byte
 * @param traceParent the W3C trace that it belongs to; null for none, and what is none by its
 *     syntax becomes null, as W3C asks
 * @param cloudEvent whether subscribers get it in the form of a CloudEvent
 */
@SuppressWarnings("ArrayRecordComponent") // handed over for one publish, never compared
public record PublishedEvent(
    @Nullable String id,
    String subject,
    @Nullable Instant time,
    byte[] data,
    @Nullable String traceParent,
    boolean cloudEvent) {

  /**
   * Checks id and subject.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when one breaks its rule
   */
  public PublishedEvent {
    if (id != null) {
      Names.eventId("event id", id);
    }
    Names.subject("subject", subject);
    traceParent = TraceParent.orNull(traceParent);
  }

  /** Returns an event with id and time still to be made. */
  public static PublishedEvent of(String subject, byte[] data) {
    return new PublishedEvent(null, subject, null, data, null, false);
  }

  /** Returns this event with an id. */
  public PublishedEvent id(String id) {
    return new PublishedEvent(id, subject, time, data, traceParent, cloudEvent);
  }

  /** Returns this event with the time at which it happened. */
  public PublishedEvent time(Instant time) {
    return new PublishedEvent(id, subject, time, data, traceParent, cloudEvent);
  }

  /** Returns id and subject; not the data, for it may be secret. */
  @Override
  public String toString() {
    return "PublishedEvent[id=" + id + ", subject=" + subject + "]";
  }
}

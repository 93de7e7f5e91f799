package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event as a subscriber sees it. The same event can come again, with the same {@code id}.
 *
 * @param id the event's id, given by the publisher
 * @param subject its subject
 * @param source the app that published it
 * @param data what happened; null where the publisher sent JSON null or no data, which this SDK
 *     sends for the type {@code Void} only, and where the subject's type is {@code Void}
 * @param attempt which delivery of the message that carries it this is, from 1
 * @param time when it happened, by the publisher's clock; empty when the router does not say
 * @param traceParent the W3C trace that it belongs to, to go on with in calls made for it; empty
 *     for none
 * @param <T> what the data is
 */
public record Event<T>(
    String id,
    String subject,
    AppId source,
    @Nullable T data,
    int attempt,
    Optional<Instant> time,
    Optional<String> traceParent) {

  /** An event that belongs to no trace. */
  public Event(
      String id,
      String subject,
      AppId source,
      @Nullable T data,
      int attempt,
      Optional<Instant> time) {
    this(id, subject, source, data, attempt, time, Optional.empty());
  }

  /** Returns id, subject and attempt; not the data, for it may be secret. */
  @Override
  public String toString() {
    return "Event[id=" + id + ", subject=" + subject + ", attempt=" + attempt + "]";
  }
}

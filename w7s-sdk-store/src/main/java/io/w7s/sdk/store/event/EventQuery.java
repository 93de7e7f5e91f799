package io.w7s.sdk.store.event;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.internal.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which events are meant. Each method narrows it; {@link #all()} is all of them. A text that no
 * event can have, such as one with control characters, is refused. Immutable.
 *
 * <pre>{@code
 * EventQuery.all().subject(ORDER_CREATED).attribute("customer", "c-7").from(yesterday)
 * }</pre>
 */
public final class EventQuery {

  private static final EventQuery ALL = new EventQuery(null, null, null, null, null, Map.of());

  private final @Nullable String id;
  private final @Nullable String subject;
  private final @Nullable String stream;
  private final @Nullable Instant from;
  private final @Nullable Instant to;
  private final Map<String, String> attributes;
  private final boolean isPublished;

  private EventQuery(
      @Nullable String id,
      @Nullable String subject,
      @Nullable String stream,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> attributes) {
    this(id, subject, stream, from, to, attributes, false);
  }

  private EventQuery(
      @Nullable String id,
      @Nullable String subject,
      @Nullable String stream,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> attributes,
      boolean isPublished) {
    this.id = id;
    this.subject = subject;
    this.stream = stream;
    this.from = from;
    this.to = to;
    this.attributes = attributes;
    this.isPublished = isPublished;
  }

  /** Returns a query for all events. */
  public static EventQuery all() {
    return ALL;
  }

  /** Takes the event with an id. */
  public EventQuery id(String id) {
    return new EventQuery(
        Texts.name("event id", id, EventOptions.MAX_ID_LENGTH),
        subject,
        stream,
        from,
        to,
        attributes);
  }

  /** Takes the events of one subject. */
  public EventQuery subject(SubjectRef<?> subject) {
    return subject(subject.name());
  }

  /**
   * Takes the events of one subject.
   *
   * @param subject the subject; for messages to a queue the queue, as {@code owner/repo/name}
   */
  public EventQuery subject(String subject) {
    return new EventQuery(id, Texts.name("subject", subject, 400), stream, from, to, attributes);
  }

  /** Takes the events of one stream. */
  public EventQuery stream(String stream) {
    return new EventQuery(
        id,
        subject,
        Texts.name("stream", stream, EventOptions.MAX_STREAM_LENGTH),
        from,
        to,
        attributes);
  }

  /** Takes the events that happened at a time or later. */
  public EventQuery from(Instant from) {
    return new EventQuery(id, subject, stream, from, to, attributes);
  }

  /** Takes the events that happened before a time. */
  public EventQuery to(Instant to) {
    return new EventQuery(id, subject, stream, from, to, attributes);
  }

  /**
   * Takes the events that have an attribute with this value. Of several attributes an event must
   * have all.
   *
   * @throws InvalidInputException when the attribute was given before with another value
   */
  public EventQuery attribute(String name, String value) {
    var more = new LinkedHashMap<>(attributes);
    String former =
        more.put(
            Texts.name("attribute name", name, 64), Texts.name("attribute " + name, value, 200));
    if (former != null && !former.equals(value)) {
      throw new InvalidInputException("attribute " + name, "given twice", "given once");
    }
    return new EventQuery(id, subject, stream, from, to, Collections.unmodifiableMap(more));
  }

  boolean hasTimeRange() {
    return from != null || to != null;
  }

  /** A condition in SQL, and its parameters. */
  record Condition(String sql, List<Object> parameters) {}

  /** Returns the condition of the events behind a position, up to another. */
  Condition between(long after, long last) {
    Condition filter = filter();
    var parameters = new ArrayList<Object>();
    parameters.add(after);
    parameters.add(last);
    parameters.addAll(filter.parameters());
    return new Condition("e.position > ? AND e.position <= ?" + filter.sql(), parameters);
  }

  /** Returns the events that were published, without the messages to queues. */
  EventQuery published() {
    return new EventQuery(id, subject, stream, from, to, attributes, true);
  }

  /** Returns the condition of the time range alone. */
  Condition timeRange() {
    Condition range = new EventQuery(null, null, null, from, to, Map.of()).filter();
    return new Condition(range.sql().replaceFirst("^ AND ", ""), range.parameters());
  }

  private Condition filter() {
    var sql = new StringBuilder();
    var parameters = new ArrayList<>();
    if (id != null) {
      sql.append(" AND e.id = ?");
      parameters.add(id);
    }
    if (subject != null) {
      sql.append(" AND e.subject = ?");
      parameters.add(subject);
    }
    if (isPublished) {
      sql.append(" AND e.subject NOT LIKE '%/%'");
    }
    if (stream != null) {
      sql.append(" AND e.stream = ?");
      parameters.add(stream);
    }
    if (from != null) {
      sql.append(" AND e.happened_at >= ?");
      parameters.add(ceiling(from));
    }
    if (to != null) {
      sql.append(" AND e.happened_at < ?");
      parameters.add(ceiling(to));
    }
    attributes.forEach(
        (name, value) -> {
          sql.append(
              " AND e.seq IN (SELECT event_seq FROM w7s_event_attribute"
                  + " WHERE attribute_name = ? AND attribute_value = ?)");
          parameters.add(name);
          parameters.add(value);
        });
    return new Condition(sql.toString(), parameters);
  }

  /** Returns the first millisecond that is not before an instant; events have no parts of one. */
  private static long ceiling(Instant instant) {
    if (instant.getEpochSecond() > Long.MAX_VALUE / 1_000 - 1) {
      return Long.MAX_VALUE;
    }
    if (instant.getEpochSecond() < Long.MIN_VALUE / 1_000 + 1) {
      return Long.MIN_VALUE;
    }
    long millis = instant.toEpochMilli();
    return instant.getNano() % 1_000_000 == 0 ? millis : millis + 1;
  }

  /** Returns what was asked for. */
  @Override
  public String toString() {
    Condition filter = filter();
    return "EventQuery["
        + filter.sql().replaceFirst("^ AND ", "")
        + " "
        + filter.parameters()
        + "]";
  }
}

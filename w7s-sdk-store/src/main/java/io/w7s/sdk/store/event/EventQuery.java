package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which events are meant. Each method narrows it; {@link #all()} is all of them. A text that no
 * event can have, such as one with control characters, is refused, and so is what would contradict
 * an earlier call: an event has one id, one subject and one stream. Immutable.
 *
 * <pre>{@code
 * EventQuery.all().subject(ORDER_CREATED, ORDER_PAID).attribute("customer", "c-7").from(yesterday)
 * }</pre>
 */
public final class EventQuery {

  private static final EventQuery ALL = new EventQuery(List.of());
  private static final int MAX_SUBJECT_LENGTH = 400;
  private static final String TIME = "time";

  private final List<Condition> conditions;

  private EventQuery(List<Condition> conditions) {
    this.conditions = conditions;
  }

  /**
   * A condition in SQL.
   *
   * @param of what it is about
   */
  private record Condition(String of, String sql, List<Object> parameters) {}

  private EventQuery and(String of, String sql, Object... parameters) {
    var condition = new Condition(of, sql, List.of(parameters));
    return new EventQuery(Stream.concat(conditions.stream(), Stream.of(condition)).toList());
  }

  private EventQuery andOnce(String of, String sql, Object... parameters) {
    if (conditions.stream().anyMatch(condition -> condition.of().equals(of))) {
      throw new InvalidInputException(of, "given twice", "given once");
    }
    return and(of, sql, parameters);
  }

  /** Returns a query for all events. */
  public static EventQuery all() {
    return ALL;
  }

  /**
   * Takes the event with an id.
   *
   * @throws InvalidInputException when one was given before
   */
  public EventQuery id(String id) {
    return andOnce(
        "event id",
        "e.id = ?",
        Texts.name("event id", requireNonNull(id, "id"), EventOptions.MAX_ID_LENGTH));
  }

  /**
   * Takes the events of one subject, or of several.
   *
   * @throws InvalidInputException when subjects were given before
   */
  public EventQuery subject(SubjectRef<?> subject, SubjectRef<?>... more) {
    Object[] names =
        Stream.concat(Stream.of(subject), Stream.of(more)).map(SubjectRef::name).toArray();
    return andOnce("subject", Database.in("e.subject", names.length), names);
  }

  /**
   * Takes the events of one subject.
   *
   * @param subject the subject; for messages to a queue the queue, as {@code owner/repo/name}
   * @throws InvalidInputException when subjects were given before
   */
  public EventQuery subject(String subject) {
    return andOnce(
        "subject",
        "e.subject = ?",
        Texts.name("subject", requireNonNull(subject, "subject"), MAX_SUBJECT_LENGTH));
  }

  /**
   * Takes the events of one stream.
   *
   * @throws InvalidInputException when one was given before
   */
  public EventQuery stream(String stream) {
    return andOnce(
        "stream",
        "e.stream = ?",
        Texts.name("stream", requireNonNull(stream, "stream"), EventOptions.MAX_STREAM_LENGTH));
  }

  /** Takes the events that happened at a time or later. */
  public EventQuery from(Instant from) {
    return and(TIME, "e.happened_at >= ?", ceiling(requireNonNull(from, "from")));
  }

  /** Takes the events that happened before a time. */
  public EventQuery to(Instant to) {
    return and(TIME, "e.happened_at < ?", ceiling(requireNonNull(to, "to")));
  }

  /**
   * Takes the events that have an attribute with this value. Of several attributes an event must
   * have all.
   *
   * @throws InvalidInputException when the attribute was given before
   */
  public EventQuery attribute(String name, String value) {
    String of = "attribute " + Texts.name("attribute name", name, EventOptions.MAX_NAME_LENGTH);
    return andOnce(
        of,
        "e.seq IN (SELECT event_seq FROM w7s_event_attribute"
            + " WHERE attribute_name = ? AND attribute_value = ?)",
        name,
        Texts.name(of, value, EventOptions.MAX_VALUE_LENGTH));
  }

  /** Takes the events that were published, without the messages to queues. */
  EventQuery published() {
    return and("what was published", "e.subject NOT LIKE '%/%'");
  }

  /** Returns the part of this query that is about time. */
  EventQuery timeRange() {
    return new EventQuery(
        conditions.stream().filter(condition -> condition.of().equals(TIME)).toList());
  }

  boolean isAll() {
    return conditions.isEmpty();
  }

  /** Returns the condition of the events behind a position, up to another. */
  EventQuery between(long after, long last) {
    return new EventQuery(
        Stream.concat(
                Stream.of(
                    new Condition(
                        "position", "e.position > ? AND e.position <= ?", List.of(after, last))),
                conditions.stream())
            .toList());
  }

  /** Returns the query as a condition; not for all events. */
  String sql() {
    return conditions.stream().map(Condition::sql).collect(Collectors.joining(" AND "));
  }

  /** Returns the parameters of {@link #sql}; a new list. */
  List<Object> parameters() {
    var parameters = new ArrayList<Object>();
    conditions.forEach(condition -> parameters.addAll(condition.parameters()));
    return parameters;
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
    return "EventQuery[" + sql() + " " + parameters() + "]";
  }
}

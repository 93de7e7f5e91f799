package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps events in a database: an audit trail that can be searched, and what {@link Outbox} sends,
 * {@link Replay} repeats and {@link LatestState} sums up. Thread-safe; nothing to close. Its tables
 * are made by {@link io.w7s.sdk.store.StoreSchema}.
 *
 * <pre>{@code
 * EventStore events = EventStore.of(dataSource);
 * events.append(ORDER_CREATED, order, event -> event.stream("order-1").attribute("customer", "c-7"));
 *
 * List<StoredEvent> page =
 *     events.read(EventQuery.all().attribute("customer", "c-7"), EventStore.START, 100);
 * }</pre>
 *
 * <p>Events are never changed. Each {@code append} is there once with a connection of the caller,
 * in whose transaction it takes part, and once without, in a transaction of its own.
 *
 * <h2>Reading in order</h2>
 *
 * Each event has a {@linkplain StoredEvent#position position}. It is given after the event was
 * committed, by the next who reads. So a reader that goes on behind the last position it has seen
 * misses nothing and gets nothing twice, whatever transactions commit in between and in which
 * order, and a transaction that stays open delays no events but its own. The events of a stream
 * have positions in the order of their versions.
 *
 * <p>On SQLite one transaction writes at a time. One that has read before it appends can find the
 * database locked; begin it for writing, with the driver's {@code transaction_mode=IMMEDIATE}.
 *
 * <p>One store serves one environment; use another database or schema for each.
 */
public final class EventStore {

  private static final Logger log = LoggerFactory.getLogger(EventStore.class);

  /** The position before the first event. */
  public static final long START = 0;

  /** The most bytes of JSON that an event may have, 1 MiB. Keep larger data elsewhere. */
  public static final int MAX_JSON_BYTES = 1_048_576;

  /** The most events that one {@link #read} returns. */
  public static final int MAX_PAGE = 10_000;

  /** How many events {@link #purge} deletes at once. */
  public static final int PURGED_AT_ONCE = 1_000;

  private static final int PAGE = 500;

  private static final String OPEN_ON_POSTGRESQL =
      "SELECT CAST(a.pid AS text),"
          + " CAST(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS bigint)"
          + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
          + " WHERE l.locktype = 'relation' AND l.relation = CAST('w7s_event' AS regclass)"
          + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
          + " AND l.mode = 'RowExclusiveLock' AND a.pid <> pg_backend_pid()"
          + " AND a.xact_start IS NOT NULL ORDER BY a.xact_start LIMIT 1";

  private static final String OPEN_ON_H2 =
      "SELECT CAST(session_id AS varchar), DATEDIFF(MILLISECOND, coalesce(sleep_since,"
          + " executing_statement_start), CURRENT_TIMESTAMP) AS age"
          + " FROM information_schema.sessions s"
          + " WHERE contains_uncommitted AND session_id <> SESSION_ID() AND EXISTS"
          + " (SELECT 1 FROM information_schema.locks l WHERE l.session_id = s.session_id"
          + " AND upper(l.table_name) = 'W7S_EVENT') ORDER BY age DESC LIMIT 1";

  private final Database database;
  private final EventRows rows;
  private final EventPositions positions;
  private final JsonCodec codec;
  private final TimeSource time;

  private EventStore(Builder builder) {
    database = new Database(builder.dataSource, builder.time);
    time = builder.time == null ? TimeSource.system() : builder.time;
    codec = builder.codec;
    rows = new EventRows(database, codec);
    positions = new EventPositions(database);
  }

  /** Returns a store with the default codec. */
  public static EventStore of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /** Begins a store. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private JsonCodec codec = JacksonCodec.create();
    private @Nullable TimeSource time;

    private Builder(DataSource dataSource) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
    }

    /** Sets what writes and reads the data of events. Default {@link JacksonCodec}. */
    public Builder codec(JsonCodec codec) {
      this.codec = requireNonNull(codec, "codec");
      return this;
    }

    /** Sets the clock, for tests. Default: that of the database, and the system's for events. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the store.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite
     *     or H2
     * @throws io.w7s.sdk.store.StoreException when it cannot be reached
     */
    public EventStore build() {
      return new EventStore(this);
    }
  }

  Database database() {
    return database;
  }

  TimeSource time() {
    return time;
  }

  JsonCodec codec() {
    return codec;
  }

  EventRows rows() {
    return rows;
  }

  /** Returns the position of the last event that was committed before this call; 0 for none. */
  public long lastPosition() {
    positions.giveToNewEvents();
    return rows.lastPosition();
  }

  // ---- Appending

  /**
   * Appends an event with the default options; as {@link #append(SubjectRef, Object, Consumer)}.
   */
  public <T> AppendReceipt append(SubjectRef<T> subject, @Nullable T data) {
    return append(subject, data, options -> {});
  }

  /**
   * Appends an event in a transaction of its own.
   *
   * @param subject the subject
   * @param data the event's data; at most {@link #MAX_JSON_BYTES} as JSON
   * @param options changes the default options, for example {@code event ->
   *     event.stream("order-1")}
   * @return what was stored; for an id that is there already, what was stored then
   * @throws InvalidInputException when the data is too large, or an option is out of range
   * @throws io.w7s.sdk.error.CodecException when the data cannot be written as JSON
   * @throws IdConflictException when another event has the id
   * @throws VersionConflictException when the stream has not the version that was expected
   * @throws io.w7s.sdk.store.StoreException when the database fails. The event may have been stored
   *     if the connection was lost; append it again with the same id
   */
  public <T> AppendReceipt append(
      SubjectRef<T> subject, @Nullable T data, Consumer<AppendOptions> options) {
    NewEvent event = newEvent(subject, data, options);
    return database.retryInTransaction(
        "append an event", connection -> rows.append(connection, event).receipt());
  }

  /**
   * Appends an event in the transaction of a connection: it is stored when that commits.
   *
   * @param connection a connection to the same database, with a transaction open
   * @throws InvalidInputException also when the connection commits each statement by itself
   * @throws SQLException what the driver throws
   */
  public <T> AppendReceipt append(
      Connection connection,
      SubjectRef<T> subject,
      @Nullable T data,
      Consumer<AppendOptions> options)
      throws SQLException {
    NewEvent event = newEvent(subject, data, options);
    return rows.append(inTransaction(connection), event).receipt();
  }

  /** Collects the events of {@link #appendAll}. */
  public interface Batch {

    /** Adds an event with the default options. */
    default <T> Batch add(SubjectRef<T> subject, @Nullable T data) {
      return add(subject, data, options -> {});
    }

    /** Adds an event. */
    <T> Batch add(SubjectRef<T> subject, @Nullable T data, Consumer<AppendOptions> options);
  }

  /**
   * Appends several events in one transaction: all or none.
   *
   * <pre>{@code
   * events.appendAll(batch -> orders.forEach(order -> batch.add(ORDER_CREATED, order)));
   * }</pre>
   *
   * @return a receipt for each event, in their order; unmodifiable
   * @throws RuntimeException as {@link #append(SubjectRef, Object, Consumer)} for the first event
   *     that cannot be stored
   */
  public List<AppendReceipt> appendAll(Consumer<Batch> events) {
    List<NewEvent> batch = batch(events);
    return database.retryInTransaction(
        "append events", connection -> rows.appendAll(connection, batch));
  }

  /** Appends several events in the transaction of a connection; as {@link #appendAll(Consumer)}. */
  public List<AppendReceipt> appendAll(Connection connection, Consumer<Batch> events)
      throws SQLException {
    return rows.appendAll(inTransaction(connection), batch(events));
  }

  private List<NewEvent> batch(Consumer<Batch> events) {
    var batch = new ArrayList<NewEvent>();
    events.accept(
        new Batch() {
          @Override
          public <T> Batch add(
              SubjectRef<T> subject, @Nullable T data, Consumer<AppendOptions> options) {
            batch.add(newEvent(subject, data, options));
            return this;
          }
        });
    return batch;
  }

  private <T> NewEvent newEvent(
      SubjectRef<T> subject, @Nullable T data, Consumer<AppendOptions> changes) {
    var options = new AppendOptions();
    changes.accept(options);
    return newEvent(subject.name(), data, subject.type(), options);
  }

  NewEvent newEvent(
      String subject, @Nullable Object data, TypeRef<?> type, EventOptions<?> options) {
    return NewEvent.of(subject, codec, data, type, options, time);
  }

  Connection inTransaction(Connection caller) throws SQLException {
    database.lockForWriting(Database.inTransactionOf(caller));
    return caller;
  }

  // ---- Reading

  /** Returns the event with an id; empty when there is none. */
  public Optional<StoredEvent> find(String id) {
    if (!Texts.isName(id, EventOptions.MAX_ID_LENGTH)) {
      return Optional.empty();
    }
    return database
        .query("find an event", EventRows.SELECT + " WHERE e.id = ?", rows::read, id)
        .stream()
        .findFirst();
  }

  /**
   * Returns the version of a stream: that of its last event, 0 when it has none. A stream of which
   * all events were {@linkplain #purge purged} begins anew.
   */
  public long version(String stream) {
    if (!Texts.isName(stream, EventOptions.MAX_STREAM_LENGTH)) {
      return 0;
    }
    return database
        .query("read a stream's version", EventRows.VERSION, row -> row.getLong(1), stream)
        .get(0);
  }

  /**
   * Reads a page of events, in the order of their positions. It begins with events that were
   * committed before this call and nobody has read yet getting their positions.
   *
   * @param query which events
   * @param after the position behind which the page begins: {@link #START}, or that of the last
   *     event of the page before
   * @param limit how many at most, from 1 to {@link #MAX_PAGE}
   * @return the events; fewer than the limit when there are no more; unmodifiable
   */
  public List<StoredEvent> read(EventQuery query, long after, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new InvalidInputException("limit", String.valueOf(limit), "from 1 to " + MAX_PAGE);
    }
    positions.giveToNewEvents();
    return rows.page(query, after, Long.MAX_VALUE, limit);
  }

  /**
   * Returns all events of a query as a stream, which reads a page at a time when it needs it. It
   * ends behind the last event that was committed when it got there. Not thread-safe; nothing to
   * close.
   */
  public Stream<StoredEvent> stream(EventQuery query) {
    return stream(query, START);
  }

  /** Returns the events of a query behind a position; as {@link #stream(EventQuery)}. */
  public Stream<StoredEvent> stream(EventQuery query, long after) {
    return Stream.iterate(
            read(query, after, PAGE),
            page -> !page.isEmpty(),
            page ->
                page.size() < PAGE
                    ? List.of()
                    : read(query, page.get(page.size() - 1).position(), PAGE))
        .flatMap(List::stream);
  }

  /** Counts the events of a query. */
  public long count(EventQuery query) {
    positions.giveToNewEvents();
    return rows.count(query, START, Long.MAX_VALUE);
  }

  // ---- What to watch

  /**
   * A transaction that has appended events, or gives them their positions, and has not ended.
   *
   * @param session whose it is: the process id on PostgreSQL, the id of the session on H2
   * @param age for how long it has been open
   */
  public record OpenTransaction(String session, Duration age) {}

  /**
   * Returns the transaction in which an event was appended and that has been open for the longest;
   * for an alert. It delays no reader, but nobody sees its events.
   *
   * <p>On PostgreSQL it is found if its user is that of the store, or the store's may read all
   * statistics. H2 does not tell when a transaction began: the age is that of its last statement,
   * and its user must be the same, or the store's an administrator.
   *
   * @return empty when there is none; always on SQLite, where an open transaction keeps others from
   *     writing, which they notice
   */
  public Optional<OpenTransaction> oldestOpenTransaction() {
    return switch (database.dialect()) {
      case POSTGRESQL -> openTransaction(OPEN_ON_POSTGRESQL);
      case H2 -> openTransaction(OPEN_ON_H2);
      case SQLITE -> Optional.empty();
    };
  }

  private Optional<OpenTransaction> openTransaction(String sql) {
    return database
        .query(
            "look for open transactions",
            sql,
            row -> new OpenTransaction(row.getString(1), Duration.ofMillis(row.getLong(2))))
        .stream()
        .findFirst();
  }

  /** Logs a warning that names the session, if a transaction has been open for so long. */
  void warnOfOpenTransaction(Duration age) {
    oldestOpenTransaction()
        .filter(open -> open.age().compareTo(age) >= 0)
        .ifPresent(
            open ->
                log.warn(
                    "a transaction that has appended events has been open for {} s, by session {}:"
                        + " nobody sees its events before it ends",
                    open.age().toSeconds(),
                    open.session()));
  }

  // ---- Retention

  /**
   * Deletes events that happened before a time, the oldest first, at most {@link #PURGED_AT_ONCE},
   * so that no lock is held for long: call it until it returns 0. Events that an outbox is still to
   * send, and those of which it waits for a confirmation, stay.
   *
   * @return how many were deleted
   */
  public int purge(Instant before) {
    positions.giveToNewEvents();
    return rows.purge(before, PURGED_AT_ONCE);
  }
}

package io.w7s.sdk.store.event;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.store.internal.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The rows of events. */
final class EventRows {

  static final String SELECT =
      "SELECT e.position, e.id, e.subject, e.stream, e.version, e.happened_at, e.body,"
          + " e.attributes, e.trace_parent FROM w7s_event e";

  static final String VERSION = "SELECT coalesce(max(version), 0) FROM w7s_event WHERE stream = ?";

  private static final String INSERT =
      "INSERT INTO w7s_event (id, subject, stream, version, happened_at, body, attributes,"
          + " trace_parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String INSERT_ATTRIBUTE =
      "INSERT INTO w7s_event_attribute (attribute_name, attribute_value, event_seq)"
          + " SELECT CAST(? AS varchar(64)), CAST(? AS varchar(200)), seq FROM w7s_event WHERE id = ?";

  private static final String OLD =
      "FROM w7s_event e WHERE e.happened_at < ? AND NOT EXISTS"
          + " (SELECT 1 FROM w7s_outbox o WHERE o.event_id = e.id) AND NOT EXISTS (SELECT 1 FROM"
          + " w7s_outbox_sent s WHERE s.event_id = e.id AND s.check_at IS NOT NULL)"
          // The last of a stream goes when it is the only one, so that no version comes again.
          + " AND (e.stream IS NULL OR EXISTS (SELECT 1 FROM w7s_event n WHERE n.stream = e.stream"
          + " AND n.version > e.version) OR NOT EXISTS (SELECT 1 FROM w7s_event n WHERE n.stream ="
          + " e.stream AND n.version < e.version))"
          + " ORDER BY e.happened_at LIMIT ?";

  /** In a strict isolation a transaction never sees the versions that others have taken. */
  private static final int MOST_ATTEMPTS = 1_000;

  private static final String SERIALIZATION_FAILURE = "40001";

  private final Database database;
  private final JsonCodec codec;

  EventRows(Database database, JsonCodec codec) {
    this.database = database;
    this.codec = codec;
  }

  /** A row that was appended, now or before. */
  record Appended(AppendReceipt receipt, boolean isNew) {}

  /** Appends an event; a stream is asked for its version first. */
  Appended append(Connection connection, NewEvent event) throws SQLException {
    String stream = event.options().stream().orElse(null);
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Long version = null;
      if (stream != null) {
        long last = version(connection, stream);
        OptionalLong expected = event.options().expectedVersion();
        if (expected.isPresent() && expected.getAsLong() != last) {
          Appended repeated = repeated(connection, event);
          if (repeated == null) {
            throw new VersionConflictException(stream, expected.getAsLong(), last);
          }
          return repeated;
        }
        version = last + 1;
      }
      if (database.insertIfAbsent(connection, INSERT, values(event, version))) {
        insertAttributes(connection, List.of(event));
        return new Appended(receipt(event.id(), version), true);
      }
      Appended repeated = repeated(connection, event);
      if (repeated != null) {
        return repeated;
      }
      if (stream == null) {
        throw new SQLException("an event with the id " + event.id() + " was deleted meanwhile");
      }
      // Somebody else has taken this version of the stream: the next one is tried, or refused.
    }
    throw new SQLException(
        "the stream " + stream + " moves on faster than this transaction can see",
        SERIALIZATION_FAILURE);
  }

  private long version(Connection connection, String stream) throws SQLException {
    return database.query(connection, VERSION, row -> row.getLong(1), stream).get(0);
  }

  private static AppendReceipt receipt(String id, @Nullable Long version) {
    return new AppendReceipt(id, version == null ? OptionalLong.empty() : OptionalLong.of(version));
  }

  private @Nullable Appended repeated(Connection connection, NewEvent event) throws SQLException {
    List<StoredEvent> found =
        database.query(connection, SELECT + " WHERE e.id = ?", this::read, event.id());
    if (found.isEmpty()) {
      return null;
    }
    StoredEvent stored = found.get(0);
    requireSame(event, stored);
    return new Appended(new AppendReceipt(stored.id(), stored.version()), false);
  }

  /** The same data may be written with its fields in another order. */
  private boolean sameJson(byte[] one, byte[] other) {
    TypeRef<Object> any = TypeRef.of(Object.class);
    return Objects.equals(codec.decode(one, any), codec.decode(other, any));
  }

  private void requireSame(NewEvent event, StoredEvent stored) {
    if (!stored.subject().equals(event.subject())) {
      throw new IdConflictException(event.id(), "subject");
    }
    if (!Objects.equals(stored.stream(), event.options().stream())) {
      throw new IdConflictException(event.id(), "stream");
    }
    if (!Arrays.equals(stored.json(), event.json()) && !sameJson(stored.json(), event.json())) {
      throw new IdConflictException(event.id(), "data");
    }
  }

  private static @Nullable Object[] values(NewEvent event, @Nullable Long version) {
    EventOptions<?> options = event.options();
    return new @Nullable Object[] {
      event.id(),
      event.subject(),
      options.stream().orElse(null),
      version,
      event.time().toEpochMilli(),
      event.json(),
      attributes(options.attributes()),
      options.traceParent().orElse(null)
    };
  }

  /** Writes attributes as a line for each; neither names nor values have line breaks. */
  private static @Nullable String attributes(Map<String, String> attributes) {
    if (attributes.isEmpty()) {
      return null;
    }
    var lines = new StringBuilder();
    attributes.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    return lines.toString();
  }

  private static Map<String, String> attributes(@Nullable String lines) {
    if (lines == null) {
      return Map.of();
    }
    var attributes = new LinkedHashMap<String, String>();
    for (String line : lines.split("\n", -1)) {
      int sign = line.indexOf('=');
      if (sign > 0) {
        attributes.put(line.substring(0, sign), line.substring(sign + 1));
      }
    }
    return Collections.unmodifiableMap(attributes);
  }

  private void insertAttributes(Connection connection, List<NewEvent> events) throws SQLException {
    var rows = new ArrayList<@Nullable Object[]>();
    for (NewEvent event : events) {
      event
          .options()
          .attributes()
          .forEach((name, value) -> rows.add(new @Nullable Object[] {name, value, event.id()}));
    }
    database.batch(connection, INSERT_ATTRIBUTE, rows);
  }

  /**
   * Appends events, all or none. They are inserted in one go; if one of them is not new, or its
   * stream has moved on, all are taken back and appended one by one, which finds out what is the
   * matter.
   */
  List<AppendReceipt> appendAll(Connection connection, List<NewEvent> events) throws SQLException {
    if (events.isEmpty()) {
      return List.of();
    }
    Savepoint before = connection.setSavepoint();
    try {
      List<AppendReceipt> receipts = inOneGo(connection, events);
      if (receipts == null) {
        connection.rollback(before);
        receipts = new ArrayList<>();
        for (NewEvent event : events) {
          receipts.add(append(connection, event).receipt());
        }
      }
      return List.copyOf(receipts);
    } catch (SQLException | RuntimeException e) {
      connection.rollback(before);
      throw e;
    }
  }

  private @Nullable List<AppendReceipt> inOneGo(Connection connection, List<NewEvent> events)
      throws SQLException {
    var receipts = new ArrayList<AppendReceipt>();
    var rows = new ArrayList<@Nullable Object[]>();
    var versions = new HashMap<String, Long>();
    for (NewEvent event : events) {
      Long version = null;
      String stream = event.options().stream().orElse(null);
      if (stream != null) {
        Long known = versions.get(stream);
        long last = known == null ? version(connection, stream) : known;
        OptionalLong expected = event.options().expectedVersion();
        if (expected.isPresent() && expected.getAsLong() != last) {
          return null;
        }
        version = last + 1;
        versions.put(stream, version);
      }
      rows.add(values(event, version));
      receipts.add(receipt(event.id(), version));
    }
    try {
      int[] inserted = database.batch(connection, database.dialect().ifAbsent(INSERT), rows);
      if (Arrays.stream(inserted).anyMatch(count -> count != 1)) { // also where a driver is silent
        return null;
      }
    } catch (SQLException e) {
      if (Database.isDuplicate(e)) {
        return null;
      }
      throw e;
    }
    insertAttributes(connection, events);
    return receipts;
  }

  /** Returns the position of the last event that has one; 0 for none. */
  long lastPosition() {
    return database
        .query(
            "find the last event",
            "SELECT coalesce(max(position), 0) FROM w7s_event",
            row -> row.getLong(1))
        .get(0);
  }

  List<StoredEvent> page(EventQuery query, long after, long last, int limit) {
    EventQuery page = query.between(start(query, after), last);
    List<Object> parameters = page.parameters();
    parameters.add(limit);
    return database.query(
        "read events",
        SELECT + " WHERE " + page.sql() + " ORDER BY e.position LIMIT ?",
        this::read,
        parameters.toArray());
  }

  /**
   * Returns where a page can begin. For a time range it is found in the index by time; read in the
   * order of positions, all older events would have to be looked at.
   */
  private long start(EventQuery query, long after) {
    EventQuery range = query.timeRange();
    if (after != EventStore.START || range.isAll()) {
      return after;
    }
    return database
        .query(
            "read events",
            "SELECT min(position) FROM (SELECT e.position FROM w7s_event e WHERE "
                + range.sql()
                + " LIMIT 9223372036854775807) found",
            row -> {
              long first = row.getLong(1);
              return row.wasNull() ? Long.MAX_VALUE : first - 1;
            },
            range.parameters().toArray())
        .get(0);
  }

  long count(EventQuery query, long after, long last) {
    EventQuery counted = query.between(after, last);
    return database
        .query(
            "count events",
            "SELECT count(*) FROM w7s_event e WHERE " + counted.sql(),
            row -> row.getLong(1),
            counted.parameters().toArray())
        .get(0);
  }

  StoredEvent read(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getLong("position"),
        row.getString("id"),
        row.getString("subject"),
        row.getString("stream"),
        row.getLong("version"),
        Instant.ofEpochMilli(row.getLong("happened_at")),
        row.getBytes("body"),
        attributes(row.getString("attributes")),
        row.getString("trace_parent"),
        codec);
  }

  int purge(Instant before, int limit) {
    return database.runInTransaction(
        "purge events",
        connection -> {
          List<Long> old =
              database.query(
                  connection,
                  "SELECT e.seq " + OLD,
                  row -> row.getLong(1),
                  before.toEpochMilli(),
                  limit);
          if (old.isEmpty()) {
            return 0;
          }
          String in = Database.in("seq", old.size());
          @Nullable Object[] seqs = old.toArray();
          database.update(
              connection,
              "DELETE FROM w7s_event_attribute WHERE " + in.replace("seq IN", "event_seq IN"),
              seqs);
          return database.update(connection, "DELETE FROM w7s_event WHERE " + in, seqs);
        });
  }
}

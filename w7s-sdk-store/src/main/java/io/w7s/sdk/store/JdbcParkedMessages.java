package io.w7s.sdk.store;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages that were set aside in a database, for all processes that use it. Thread-safe. Its
 * tables are made by {@link StoreSchema}. Nothing is deleted by itself: a person sends a message
 * again or drops it.
 *
 * <p>Instants are kept in milliseconds. A key, message id, reason or token with NUL or an unpaired
 * surrogate is refused with an {@code InvalidInputException}.
 */
public final class JdbcParkedMessages implements ParkedMessages {

  private static final String COLUMNS =
      "queue, message_key, state, message_id, attempts, body, headers, enqueued_at, caller_app,"
          + " caller_environment, reason, parked_at, due_at, run, token";

  private static final String SELECT = "SELECT " + COLUMNS + " FROM w7s_parked WHERE queue = ?";

  private static final String INSERT =
      "INSERT INTO w7s_parked ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String UPDATE =
      "UPDATE w7s_parked SET state = ?, message_id = ?, attempts = ?, body = ?, headers = ?,"
          + " enqueued_at = ?, caller_app = ?, caller_environment = ?, reason = ?, parked_at = ?,"
          + " due_at = ?, run = ?, token = ? WHERE queue = ? AND message_key = ? AND token = ?";

  private static final String REMOVE =
      "DELETE FROM w7s_parked WHERE queue = ? AND message_key = ? AND token = ?";

  private static final String OLDEST_FIRST = " ORDER BY parked_at, message_key LIMIT ?";

  private final Database database;

  private JdbcParkedMessages(DataSource dataSource) {
    database = new Database(dataSource, null);
  }

  /**
   * Returns a store.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws StoreException when it cannot be reached
   */
  public static JdbcParkedMessages of(DataSource dataSource) {
    return new JdbcParkedMessages(requireNonNull(dataSource, "dataSource"));
  }

  @Override
  public boolean put(ParkedMessage message, @Nullable String formerToken) {
    Texts.key(message.key());
    List<@Nullable Object> values = values(message);
    return database.run(
        "park a message",
        connection -> {
          if (formerToken == null) {
            values.addAll(0, List.of(message.queue(), message.key()));
            return database.insertIfAbsent(connection, INSERT, values.toArray());
          }
          values.addAll(List.of(message.queue(), message.key(), formerToken));
          return database.update(connection, UPDATE, values.toArray()) == 1;
        });
  }

  /** Returns the values of all columns but the key, in their order. */
  private static List<@Nullable Object> values(ParkedMessage message) {
    var values = new ArrayList<@Nullable Object>();
    values.add(message.state().name());
    values.add(Texts.storable("message id", message.messageId()));
    values.add(message.attempts());
    values.add(message.body());
    values.add(HeaderLines.write(message.headers()));
    values.add(message.enqueuedAt().map(JdbcParkedMessages::millis).orElse(null));
    values.add(message.caller().map(caller -> caller.app().toString()).orElse(null));
    values.add(message.caller().map(caller -> caller.environment().name()).orElse(null));
    values.add(Texts.storable("reason", message.reason()));
    values.add(millis(message.parkedAt()));
    values.add(millis(message.due()));
    values.add(message.run());
    values.add(Texts.storable("token", message.token()));
    return values;
  }

  /** Returns an instant in milliseconds; the latest that fits for one that is later. */
  private static long millis(Instant instant) {
    try {
      return instant.toEpochMilli();
    } catch (ArithmeticException tooLate) {
      return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  @Override
  public Optional<ParkedMessage> find(String queue, String key) {
    return database
        .query(
            "find a parked message",
            SELECT + " AND message_key = ?",
            JdbcParkedMessages::read,
            queue,
            key)
        .stream()
        .findFirst();
  }

  @Override
  public List<ParkedMessage> list(
      String queue, ParkedMessage.State state, int limit, @Nullable ParkedMessage after) {
    if (after == null) {
      return database.query(
          "list parked messages",
          SELECT + " AND state = ?" + OLDEST_FIRST,
          JdbcParkedMessages::read,
          queue,
          state.name(),
          limit);
    }
    return database.query(
        "list parked messages",
        SELECT + " AND state = ? AND (parked_at, message_key) > (?, ?)" + OLDEST_FIRST,
        JdbcParkedMessages::read,
        queue,
        state.name(),
        millis(after.parkedAt()),
        after.key(),
        limit);
  }

  @Override
  public long count(String queue, ParkedMessage.State state) {
    return database
        .query(
            "count parked messages",
            "SELECT count(*) FROM w7s_parked WHERE queue = ? AND state = ?",
            row -> row.getLong(1),
            queue,
            state.name())
        .get(0);
  }

  @Override
  public List<ParkedMessage> overdue(String queue, Instant before, int limit) {
    return database.query(
        "find overdue messages",
        SELECT + " AND state = 'HELD' AND due_at < ? ORDER BY due_at LIMIT ?",
        JdbcParkedMessages::read,
        queue,
        millis(before),
        limit);
  }

  @Override
  public boolean remove(ParkedMessage message) {
    return database.update(
            "remove a parked message", REMOVE, message.queue(), message.key(), message.token())
        == 1;
  }

  private static ParkedMessage read(ResultSet row) throws SQLException {
    long enqueuedAt = row.getLong("enqueued_at");
    Instant enqueued = row.wasNull() ? null : Instant.ofEpochMilli(enqueuedAt);
    String app = row.getString("caller_app");
    String environment = row.getString("caller_environment");
    return ParkedMessage.builder(row.getString("queue"), row.getString("message_key"))
        .state(ParkedMessage.State.valueOf(row.getString("state")))
        .messageId(row.getString("message_id"))
        .attempts(row.getInt("attempts"))
        .body(row.getBytes("body"))
        .headers(HeaderLines.read(row.getString("headers")))
        .enqueuedAt(enqueued)
        .caller(
            app == null || environment == null
                ? null
                : new Caller(AppId.parse(app), Environment.of(environment)))
        .reason(row.getString("reason"))
        .parkedAt(Instant.ofEpochMilli(row.getLong("parked_at")))
        .due(Instant.ofEpochMilli(row.getLong("due_at")))
        .run(row.getInt("run"))
        .token(row.getString("token"))
        .build();
  }

  /** Headers in a column: a line for each value. Neither names nor values hold line breaks. */
  private static final class HeaderLines {

    private static final String SEPARATOR = ": ";

    static String write(Headers headers) {
      var lines = new StringBuilder();
      headers.forEach(
          (name, value) -> lines.append(name).append(SEPARATOR).append(value).append('\n'));
      return lines.toString();
    }

    static Headers read(String lines) {
      Headers.Builder headers = Headers.builder();
      lines
          .lines()
          .forEach(
              line -> {
                int colon = line.indexOf(SEPARATOR);
                headers.add(line.substring(0, colon), line.substring(colon + SEPARATOR.length()));
              });
      return headers.build();
    }
  }
}

package io.w7s.sdk.store.event;

import io.w7s.sdk.store.event.OutboxRows.Attempt;
import io.w7s.sdk.store.event.OutboxRows.Claimed;
import io.w7s.sdk.store.event.OutboxRows.Kind;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of what was sent: which queue has which event, and whether its consumer has confirmed
 * it. Either may be written down first.
 */
final class SentRows {

  private static final int MAX_QUEUE_LENGTH = 400;

  private static final String SENT =
      "SELECT queue, event_id, sent_at, confirmed_at, resends FROM w7s_outbox_sent WHERE ";

  private static final String SENT_COLUMNS =
      "INSERT INTO w7s_outbox_sent (queue, event_id, kind, consumer, sent_at, check_at, resends)";

  private static final String UPDATE_SENT =
      "UPDATE SET sent_at = excluded.sent_at, kind = excluded.kind, consumer = excluded.consumer,"
          + " check_at = CASE WHEN w7s_outbox_sent.confirmed_at IS NOT NULL THEN NULL"
          + " WHEN w7s_outbox_sent.resends > 0 AND w7s_outbox_sent.check_at > excluded.check_at"
          + " THEN w7s_outbox_sent.check_at ELSE excluded.check_at END";

  private final Database database;
  private final @Nullable Duration confirmWithin;

  SentRows(Database database, @Nullable Duration confirmWithin) {
    this.database = database;
    this.confirmWithin = confirmWithin;
  }

  /** A queue that has an event now. */
  private record Sent(String queue, Claimed claim) {}

  /** Writes down which queues have which events, in an order in which nobody waits in a ring. */
  void write(Connection connection, List<Attempt> attempts) throws SQLException {
    List<@Nullable Object[]> rows =
        attempts.stream()
            .flatMap(attempt -> attempt.sentTo().stream().map(q -> new Sent(q, attempt.claim())))
            .sorted(Comparator.comparing(Sent::queue).thenComparing(sent -> sent.claim().eventId()))
            .map(this::row)
            .toList();
    if (database.dialect().hasOnConflict()) {
      database.batch(
          connection,
          SENT_COLUMNS
              + " VALUES (?, ?, ?, ?, :now, :now + ?, 0) ON CONFLICT (queue, event_id) DO "
              + UPDATE_SENT,
          rows);
      return;
    }
    database.batch(
        connection,
        "MERGE INTO w7s_outbox_sent s USING (SELECT CAST(? AS varchar(400)) AS queue, CAST(? AS"
            + " varchar(255)) AS event_id, CAST(? AS varchar(10)) AS kind, CAST(? AS varchar(400))"
            + " AS consumer, :now AS sent_at, :now + CAST(? AS bigint) AS check_at) excluded"
            + " ON s.queue = excluded.queue AND s.event_id = excluded.event_id"
            + " WHEN MATCHED THEN "
            + UPDATE_SENT.replace("w7s_outbox_sent.", "s.")
            + " WHEN NOT MATCHED THEN "
            + SENT_COLUMNS.replace("INTO w7s_outbox_sent ", "")
            + " VALUES (excluded.queue, excluded.event_id, excluded.kind, excluded.consumer,"
            + " excluded.sent_at, excluded.check_at, 0)",
        rows);
  }

  /** The time to wait for a confirmation is null where nobody waits. */
  private @Nullable Object[] row(Sent sent) {
    Claimed claim = sent.claim();
    return new @Nullable Object[] {
      sent.queue(),
      claim.eventId(),
      claim.kind() == Kind.QUEUE ? Kind.QUEUE.name() : Kind.SUBSCRIBER.name(),
      claim.consumer(),
      confirmWithin == null ? null : confirmWithin.plus(claim.delay()).toMillis()
    };
  }

  /**
   * Notes that a consumer has messages; it may say so before the outbox knows that they were sent.
   */
  void confirm(String queue, Collection<String> eventIds) {
    List<String> ids =
        eventIds.stream()
            .filter(id -> Texts.isName(id, EventOptions.MAX_ID_LENGTH)) // others are not of a store
            .distinct()
            .sorted()
            .toList();
    if (ids.isEmpty() || !Texts.isName(queue, MAX_QUEUE_LENGTH)) {
      return;
    }
    database.retryInTransaction(
        "confirm messages",
        connection -> {
          for (String id : ids) {
            confirm(connection, queue, id);
          }
          return ids;
        });
  }

  private void confirm(Connection connection, String queue, String id) throws SQLException {
    if (!markConfirmed(connection, queue, id)
        && isEvent(connection, id)
        && !database.insertIfAbsent(
            connection,
            "INSERT INTO w7s_outbox_sent (queue, event_id, kind, confirmed_at, resends)"
                + " VALUES (?, ?, 'QUEUE', :now, 0)",
            queue,
            id)) {
      markConfirmed(connection, queue, id);
    }
    database.update(
        connection,
        "DELETE FROM w7s_outbox WHERE event_id = ? AND target = ? AND order_key IS NULL AND EXISTS"
            + " (SELECT 1 FROM w7s_outbox_sent s WHERE s.event_id = w7s_outbox.event_id"
            + " AND s.queue = w7s_outbox.target AND s.resends > 0)",
        id,
        queue);
  }

  private boolean markConfirmed(Connection connection, String queue, String id)
      throws SQLException {
    return database.update(
            connection,
            "UPDATE w7s_outbox_sent SET confirmed_at = coalesce(confirmed_at, :now), check_at ="
                + " NULL WHERE queue = ? AND event_id = ?",
            queue,
            id)
        == 1;
  }

  /** Confirmations of what never was in this store leave no rows. */
  private boolean isEvent(Connection connection, String id) throws SQLException {
    return !database
        .query(connection, "SELECT 1 FROM w7s_event WHERE id = ?", row -> row.getInt(1), id)
        .isEmpty();
  }

  List<SentMessage> ofEvent(String eventId) {
    if (!Texts.isName(eventId, EventOptions.MAX_ID_LENGTH)) {
      return List.of();
    }
    return database.query(
        "find what was sent", SENT + "event_id = ? ORDER BY queue", SentRows::read, eventId);
  }

  List<SentMessage> unconfirmed(int maxResends, int limit) {
    return database.query(
        "list what was not confirmed",
        SENT + "check_at <= (SELECT :now) AND resends <= ? ORDER BY check_at LIMIT ?",
        SentRows::read,
        maxResends,
        limit);
  }

  long countUnconfirmed() {
    return database
        .query(
            "count what was not confirmed",
            "SELECT count(*) FROM w7s_outbox_sent WHERE check_at <= (SELECT :now)",
            row -> row.getLong(1))
        .get(0);
  }

  private static SentMessage read(ResultSet row) throws SQLException {
    return new SentMessage(
        row.getString("queue"),
        row.getString("event_id"),
        instant(row, "sent_at"),
        instant(row, "confirmed_at"),
        row.getInt("resends"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  /** Puts a message into the outbox again that was not confirmed; false when it was in between. */
  boolean resend(SentMessage message, Duration next) {
    return database.runInTransaction(
        "send again what was not confirmed",
        connection -> {
          int marked =
              database.update(
                  connection,
                  "UPDATE w7s_outbox_sent SET check_at = :now + ?, resends = resends + 1"
                      + " WHERE queue = ? AND event_id = ? AND confirmed_at IS NULL"
                      + " AND resends = ? AND check_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
                      + " w7s_outbox o WHERE o.event_id = w7s_outbox_sent.event_id AND o.target ="
                      + " w7s_outbox_sent.queue)",
                  next.toMillis(),
                  message.queue(),
                  message.eventId(),
                  message.resends());
          return marked == 1
              && database.update(
                      connection,
                      "INSERT INTO w7s_outbox (event_id, kind, target, consumer, delay_seconds,"
                          + " state, due_at, epoch, attempts, appended_at)"
                          + " SELECT event_id, kind, queue, consumer, 0, 'READY', :now, 0, 0, :now"
                          + " FROM w7s_outbox_sent WHERE queue = ? AND event_id = ?",
                      message.queue(),
                      message.eventId())
                  == 1;
        });
  }

  int purge(Instant before, int limit) {
    return database.update(
        "purge what was sent",
        database
            .dialect()
            .deleteSome(
                "w7s_outbox_sent",
                "(sent_at < ? OR (sent_at IS NULL AND confirmed_at < ?)) AND check_at IS NULL",
                "sent_at"),
        before.toEpochMilli(),
        before.toEpochMilli(),
        limit);
  }
}

package io.w7s.sdk.store.event;

import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an outbox. A row may be claimed when its {@code due_at} has come. A claim moves that
 * by the lease and counts the {@code epoch} up; whatever is written about the row afterwards is
 * written only if the epoch is still the same. So a process that stood still loses what another has
 * claimed in the meantime, and at no time do two leases last. A row that was sent is deleted.
 */
final class OutboxRows {

  /** What a row waits for that is behind another with the same key. */
  private static final long BEHIND_ANOTHER = Long.MAX_VALUE;

  private static final String INSERT =
      "INSERT INTO w7s_outbox (event_id, kind, target, consumer, delay_seconds, order_key, state,"
          + " due_at, epoch, attempts, appended_at) SELECT ?, ?, ?, ?, ?, ?, 'READY', ";

  /** A guess, which saves looking at all that waits; the claim looks for itself. */
  private static final String DUE_OR_BEHIND =
      "CASE WHEN EXISTS (SELECT 1 FROM w7s_outbox WHERE order_key = ?) THEN "
          + BEHIND_ANOTHER
          + " ELSE :now END";

  private static final String CLAIM =
      " SET epoch = epoch + 1, attempts = attempts + 1, due_at = :now + ?";

  private static final String COLUMNS =
      "o.seq, o.epoch, o.kind, o.target, o.consumer, o.delay_seconds, o.order_key, o.attempts,"
          + " e.id, e.subject, e.happened_at, e.body, e.trace_parent";

  private static final String ROW =
      "SELECT " + COLUMNS + " FROM w7s_outbox o JOIN w7s_event e ON e.id = o.event_id WHERE ";

  private static final String ENTRY =
      "SELECT o.seq, o.state, o.event_id, o.target, o.order_key, o.attempts, o.appended_at,"
          + " o.reason, e.subject FROM w7s_outbox o JOIN w7s_event e ON e.id = o.event_id WHERE ";

  private static final String SENT =
      "SELECT queue, event_id, sent_at, confirmed_at, resends FROM w7s_outbox_sent WHERE ";

  private static final String SENT_COLUMNS =
      "INSERT INTO w7s_outbox_sent (queue, event_id, kind, consumer, sent_at, check_at, resends)";

  private static final String UPDATE_SENT =
      "UPDATE SET sent_at = excluded.sent_at, kind = excluded.kind, consumer = excluded.consumer,"
          + " check_at = CASE WHEN w7s_outbox_sent.confirmed_at IS NOT NULL THEN NULL"
          + " WHEN w7s_outbox_sent.check_at > excluded.check_at THEN w7s_outbox_sent.check_at"
          + " ELSE excluded.check_at END"; // the longer wait is that of a message sent again

  private static final String THE_SAME_CLAIM = " WHERE seq = ? AND epoch = ? AND state = 'READY'";

  private final Database database;
  private final ParkedHead parkedHead;
  private final @Nullable Duration confirmWithin;

  OutboxRows(Database database, ParkedHead parkedHead, @Nullable Duration confirmWithin) {
    this.database = database;
    this.parkedHead = parkedHead;
    this.confirmWithin = confirmWithin;
  }

  /** What a row is for. */
  enum Kind {
    /** A message to a queue. */
    QUEUE,
    /** An event for all its subscribers. */
    EVENT,
    /** An event for one subscriber, which has not confirmed it. */
    SUBSCRIBER
  }

  /** A row that this process has claimed; {@code wasDue} is 0 where that is not known. */
  record Claimed(
      long seq,
      int epoch,
      Kind kind,
      String target,
      @Nullable String consumer,
      Duration delay,
      @Nullable String orderKey,
      int attempts,
      String eventId,
      String subject,
      Instant time,
      byte[] json,
      @Nullable String traceParent,
      long wasDue) {}

  void insert(
      Connection connection,
      Kind kind,
      String target,
      @Nullable String consumer,
      String eventId,
      OutboxOptions options)
      throws SQLException {
    String key = options.orderKey().orElse(null);
    var parameters = new ArrayList<@Nullable Object>();
    parameters.add(eventId);
    parameters.add(kind.name());
    parameters.add(target);
    parameters.add(consumer);
    parameters.add(options.delay().toSeconds());
    parameters.add(key);
    if (key != null) {
      parameters.add(key);
    }
    database.update(
        connection,
        typed(INSERT) + (key == null ? ":now" : DUE_OR_BEHIND) + ", 0, 0, :now",
        parameters.toArray());
  }

  /** PostgreSQL and H2 do not guess the types of parameters in a select list. */
  private static String typed(String insert) {
    return insert.replace(
        "SELECT ?, ?, ?, ?, ?, ?,",
        "SELECT CAST(? AS varchar(255)), CAST(? AS varchar(10)), CAST(? AS varchar(400)),"
            + " CAST(? AS varchar(400)), CAST(? AS integer), CAST(? AS varchar(200)),");
  }

  // ---- Sending

  /**
   * Claims what is due, the longest due first.
   *
   * @param dueSince leaves out what was due before, in milliseconds since 1970; 0 for nothing. On
   *     PostgreSQL rows that were claimed stay in the index as long as any transaction is open that
   *     could see them, and all of them would be looked at each time
   */
  List<Claimed> claim(int limit, Duration lease, long dueSince) {
    List<Claimed> claimed =
        database.run(
            "claim what is to be sent",
            connection ->
                database.dialect() == Dialect.POSTGRESQL
                    ? database.query(
                        connection,
                        claimSql(database.dialect(), parkedHead),
                        row -> claimed(row, row.getLong("was_due")),
                        dueSince,
                        limit,
                        lease.toMillis())
                    : claimAndRead(connection, limit, lease));
    return claimed.stream().sorted(Comparator.comparingLong(Claimed::seq)).toList();
  }

  private List<Claimed> claimAndRead(Connection connection, int limit, Duration lease)
      throws SQLException {
    Map<Long, Integer> epochs = new HashMap<>();
    database.query(
        connection,
        claimSql(database.dialect(), parkedHead),
        row -> epochs.put(row.getLong(1), row.getInt(2)),
        lease.toMillis(),
        limit);
    if (epochs.isEmpty()) {
      return List.of();
    }
    return database
        .query(
            connection,
            ROW + Database.in("o.seq", epochs.size()),
            row -> claimed(row, 0),
            epochs.keySet().toArray())
        .stream()
        .filter(row -> row.epoch() == epochs.getOrDefault(row.seq(), -1))
        .toList();
  }

  /** Only the first row of a key may be claimed. */
  static String claimSql(Dialect dialect, ParkedHead parkedHead) {
    String due =
        "SELECT o.seq%s FROM w7s_outbox o WHERE o.state = 'READY' AND o.due_at <= (SELECT :now)%s"
            + " AND (o.order_key IS NULL OR NOT EXISTS (SELECT 1 FROM w7s_outbox b"
            + " WHERE b.order_key = o.order_key AND b.seq < o.seq"
            + (parkedHead == ParkedHead.SKIP ? " AND b.state = 'READY'" : "")
            + ")) ORDER BY o.due_at, o.seq LIMIT ?";
    if (dialect == Dialect.POSTGRESQL) {
      return "WITH due AS MATERIALIZED ("
          + due.formatted(", o.due_at", " AND o.due_at >= ?")
          + " FOR UPDATE OF o SKIP LOCKED) UPDATE w7s_outbox o"
          + CLAIM
          + " FROM due, w7s_event e WHERE o.seq = due.seq AND e.id = o.event_id RETURNING due.due_at AS was_due, "
          + COLUMNS;
    }
    // The condition is there twice, for a row that another process claims in the meantime.
    return dialect.returning(
        "UPDATE w7s_outbox"
            + CLAIM
            + " WHERE state = 'READY' AND due_at <= (SELECT :now) AND seq IN ("
            + due.formatted("", "")
            + ")",
        "seq, epoch");
  }

  private static Claimed claimed(ResultSet row, long wasDue) throws SQLException {
    return new Claimed(
        row.getLong("seq"),
        row.getInt("epoch"),
        Kind.valueOf(row.getString("kind")),
        row.getString("target"),
        row.getString("consumer"),
        Duration.ofSeconds(row.getInt("delay_seconds")),
        row.getString("order_key"),
        row.getInt("attempts"),
        row.getString("id"),
        row.getString("subject"),
        Instant.ofEpochMilli(row.getLong("happened_at")),
        row.getBytes("body"),
        row.getString("trace_parent"),
        wasDue);
  }

  /** Extends the leases of claims. One that was lost stays lost. */
  void renew(Collection<Claimed> claims, Duration lease) {
    database.runInTransaction(
        "renew claims",
        connection -> {
          for (Claimed claim : inOrder(claims)) {
            database.update(
                connection,
                "UPDATE w7s_outbox SET due_at = :now + ?" + THE_SAME_CLAIM,
                lease.toMillis(),
                claim.seq(),
                claim.epoch());
          }
          return claims.size();
        });
  }

  /**
   * All who lock several rows lock them in this order, so that none waits for another in a ring.
   */
  private static List<Claimed> inOrder(Collection<Claimed> claims) {
    return claims.stream().sorted(Comparator.comparingLong(Claimed::seq)).toList();
  }

  /** What became of an attempt: it was sent to some queues, and the row is done, due or parked. */
  record Attempt(
      Claimed claim, List<String> sentTo, @Nullable Duration retryAfter, @Nullable String reason) {

    static Attempt sent(Claimed claim, List<String> queues) {
      return new Attempt(claim, queues, null, null);
    }

    static Attempt retry(Claimed claim, List<String> sentTo, Duration after, String reason) {
      return new Attempt(claim, sentTo, after, reason);
    }

    static Attempt park(Claimed claim, List<String> sentTo, String reason) {
      return new Attempt(claim, sentTo, null, reason);
    }

    boolean isSent() {
      return reason == null;
    }
  }

  /**
   * Writes down what became of attempts, and lets the next of their keys go.
   *
   * @return whether there is a next one
   */
  boolean write(List<Attempt> attempts) {
    List<Attempt> ordered =
        attempts.stream()
            .sorted(Comparator.comparingLong(attempt -> attempt.claim().seq()))
            .toList();
    return database.runInTransaction(
        "write down what was sent",
        connection -> {
          Set<String> keys = endSent(connection, ordered);
          for (Attempt attempt : ordered) {
            if (!attempt.isSent()) {
              keys.addAll(writeFailure(connection, attempt));
            }
          }
          writeSent(connection, ordered);
          boolean next = false;
          for (String key : keys) {
            next |= letNextGo(connection, key);
          }
          return next;
        });
  }

  /** Deletes the rows that were sent; returns the keys of those that were still claimed. */
  private Set<String> endSent(Connection connection, List<Attempt> attempts) throws SQLException {
    List<Claimed> sent = attempts.stream().filter(Attempt::isSent).map(Attempt::claim).toList();
    int[] deleted =
        database.batch(
            connection,
            "DELETE FROM w7s_outbox" + THE_SAME_CLAIM,
            sent.stream()
                .map(claim -> new @Nullable Object[] {claim.seq(), claim.epoch()})
                .toList());
    var keys = new TreeSet<String>();
    for (int i = 0; i < deleted.length; i++) {
      String key = sent.get(i).orderKey();
      if (deleted[i] != 0 && key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** Returns the key of a row that was parked, if it has one; otherwise nothing. */
  private List<String> writeFailure(Connection connection, Attempt attempt) throws SQLException {
    Claimed claim = attempt.claim();
    Duration retryAfter = attempt.retryAfter();
    if (retryAfter != null) {
      database.update(
          connection,
          "UPDATE w7s_outbox SET due_at = :now + ?, reason = ?" + THE_SAME_CLAIM,
          retryAfter.toMillis(),
          attempt.reason(),
          claim.seq(),
          claim.epoch());
      return List.of();
    }
    int parked =
        database.update(
            connection,
            "UPDATE w7s_outbox SET state = 'PARKED', reason = ?" + THE_SAME_CLAIM,
            attempt.reason(),
            claim.seq(),
            claim.epoch());
    String key = claim.orderKey();
    return parked == 1 && key != null ? List.of(key) : List.of();
  }

  private boolean letNextGo(Connection connection, String key) throws SQLException {
    return database.update(
            connection,
            "UPDATE w7s_outbox SET due_at = :now WHERE seq = (SELECT min(seq) FROM w7s_outbox"
                + " WHERE order_key = ?"
                + (parkedHead == ParkedHead.SKIP ? " AND state = 'READY'" : "")
                + ") AND state = 'READY' AND (due_at = "
                + BEHIND_ANOTHER
                + " OR due_at <= (SELECT :now))",
            key)
        == 1;
  }

  /**
   * Lets those go that wait for nothing: when they were appended one before them was still there,
   * and when that one was done they were not committed.
   */
  boolean letWaitingGo() {
    return database.update(
            "let the next of each key go",
            "UPDATE w7s_outbox SET due_at = :now WHERE due_at = "
                + BEHIND_ANOTHER
                + " AND state = 'READY' AND seq IN (SELECT min(seq) FROM w7s_outbox WHERE order_key"
                + " IS NOT NULL"
                + (parkedHead == ParkedHead.SKIP ? " AND state = 'READY'" : "")
                + " GROUP BY order_key)")
        > 0;
  }

  // ---- Parked

  List<OutboxEntry> list(OutboxEntry.State state, int limit, long after) {
    return database.query(
        "list the outbox",
        ENTRY + "o.state = ? AND o.seq > ? ORDER BY o.seq LIMIT ?",
        OutboxRows::entry,
        state.name(),
        after,
        limit);
  }

  List<OutboxEntry> ofEvent(String eventId) {
    return database.query(
        "find an event in the outbox",
        ENTRY + "o.event_id = ? ORDER BY o.seq",
        OutboxRows::entry,
        eventId);
  }

  private static OutboxEntry entry(ResultSet row) throws SQLException {
    return new OutboxEntry(
        row.getLong("seq"),
        OutboxEntry.State.valueOf(row.getString("state")),
        row.getString("event_id"),
        row.getString("subject"),
        row.getString("target"),
        row.getString("order_key"),
        row.getInt("attempts"),
        Instant.ofEpochMilli(row.getLong("appended_at")),
        row.getString("reason"));
  }

  long count(OutboxEntry.State state) {
    return database
        .query(
            "count the outbox",
            "SELECT count(*) FROM w7s_outbox WHERE state = ?",
            row -> row.getLong(1),
            state.name())
        .get(0);
  }

  boolean sendAgain(long number) {
    return database.update(
            "send a parked entry again",
            "UPDATE w7s_outbox SET state = 'READY', attempts = 0, due_at = :now"
                + " WHERE seq = ? AND state = 'PARKED'",
            number)
        == 1;
  }

  boolean drop(long number) {
    return database.runInTransaction(
        "drop a parked entry",
        connection -> {
          List<String> keys = new ArrayList<>();
          database.query(
              connection,
              "SELECT order_key FROM w7s_outbox WHERE seq = ?",
              row -> row.getString(1) != null && keys.add(row.getString(1)),
              number);
          boolean dropped =
              database.update(
                      connection,
                      "DELETE FROM w7s_outbox WHERE seq = ? AND state = 'PARKED'",
                      number)
                  == 1;
          for (String key : keys) {
            letNextGo(connection, key);
          }
          return dropped;
        });
  }

  // ---- Confirmed

  /** A queue that has an event now. */
  private record Sent(String queue, Claimed claim) {}

  /** Writes down which queues have which events, in an order in which nobody waits in a ring. */
  private void writeSent(Connection connection, List<Attempt> attempts) throws SQLException {
    List<@Nullable Object[]> rows =
        attempts.stream()
            .flatMap(attempt -> attempt.sentTo().stream().map(q -> new Sent(q, attempt.claim())))
            .sorted(Comparator.comparing(Sent::queue).thenComparing(sent -> sent.claim().eventId()))
            .map(this::sentRow)
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
  private @Nullable Object[] sentRow(Sent sent) {
    Claimed claim = sent.claim();
    return new @Nullable Object[] {
      sent.queue(),
      claim.eventId(),
      claim.kind() == Kind.QUEUE ? Kind.QUEUE.name() : Kind.SUBSCRIBER.name(),
      claim.consumer(),
      confirmWithin == null ? null : confirmWithin.plus(claim.delay()).toMillis()
    };
  }

  private boolean insertIfAbsent(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    return database.insert(
        connection,
        database.dialect().hasOnConflict() ? sql + " ON CONFLICT DO NOTHING" : sql,
        parameters);
  }

  /**
   * Notes that a consumer has messages; it may say so before the outbox knows that they were sent.
   */
  void confirm(Connection connection, String queue, Collection<String> eventIds)
      throws SQLException {
    for (String id : new TreeSet<>(eventIds)) {
      if (Texts.isName(id, EventOptions.MAX_ID_LENGTH) // otherwise it is no id of this store
          && !isConfirmed(connection, queue, id)
          && isEvent(connection, id)
          && !insertIfAbsent(
              connection,
              "INSERT INTO w7s_outbox_sent (queue, event_id, kind, confirmed_at, resends)"
                  + " VALUES (?, ?, 'QUEUE', :now, 0)",
              queue,
              id)) {
        isConfirmed(connection, queue, id);
      }
    }
  }

  private boolean isConfirmed(Connection connection, String queue, String id) throws SQLException {
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

  List<SentMessage> sent(String eventId) {
    return database.query(
        "find what was sent", SENT + "event_id = ? ORDER BY queue", OutboxRows::sent, eventId);
  }

  List<SentMessage> unconfirmed(int maxResends, int limit) {
    return database.query(
        "list what was not confirmed",
        SENT + "check_at <= (SELECT :now) AND resends <= ? ORDER BY check_at LIMIT ?",
        OutboxRows::sent,
        maxResends,
        limit);
  }

  private static SentMessage sent(ResultSet row) throws SQLException {
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
                      + " AND resends = ? AND check_at IS NOT NULL",
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

  int purgeSent(Instant before, int limit) {
    return database.update(
        "purge what was sent",
        "DELETE FROM w7s_outbox_sent WHERE "
            + database
                .dialect()
                .rows(
                    "FROM w7s_outbox_sent WHERE sent_at < ? AND check_at IS NULL"
                        + " ORDER BY sent_at LIMIT ?"),
        before.toEpochMilli(),
        limit);
  }
}

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
import java.util.Optional;
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

  /**
   * For a row that is found by something else than {@code due_at}: with {@code = 'READY'}
   * PostgreSQL may read all of {@code w7s_outbox_due} for one row. It does when its statistics say
   * that there are few rows, however many dead ones there are.
   */
  private static final String NOT_PARKED = "state <> 'PARKED'";

  static final String THE_SAME_CLAIM = " WHERE seq = ? AND epoch = ? AND " + NOT_PARKED;

  private final Database database;
  private final ParkedHead parkedHead;
  private final SentRows sent;

  OutboxRows(Database database, ParkedHead parkedHead, SentRows sent) {
    this.database = database;
    this.parkedHead = parkedHead;
    this.sent = sent;
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
            + (parkedHead == ParkedHead.SKIP ? " AND b." + NOT_PARKED : "")
            + ")) ORDER BY o.due_at, o.seq LIMIT ?";
    if (dialect == Dialect.POSTGRESQL) {
      return "WITH due AS MATERIALIZED ("
          + due.formatted(", o.due_at", " AND o.due_at >= ?")
          + " FOR UPDATE OF o SKIP LOCKED), o AS (UPDATE w7s_outbox"
          + CLAIM
          // arrays, and no joins: a join may read a whole index, as above
          + " WHERE seq = ANY (ARRAY(SELECT seq FROM due)) RETURNING *) SELECT due.due_at AS was_due, "
          + COLUMNS
          + " FROM o JOIN due ON due.seq = o.seq JOIN w7s_event e ON e.id = o.event_id"
          + " AND e.id = ANY (ARRAY(SELECT event_id FROM o))";
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

  /** Extends the leases of claims; returns those that still hold. One that was lost stays lost. */
  List<Claimed> renew(Collection<Claimed> claims, Duration lease) {
    List<Claimed> ordered = inOrder(claims);
    return database.retryInTransaction(
        "renew claims",
        connection -> {
          int[] renewed =
              database.batch(
                  connection,
                  "UPDATE w7s_outbox SET due_at = :now + ?" + THE_SAME_CLAIM,
                  ordered.stream()
                      .map(
                          claim ->
                              new @Nullable Object[] {lease.toMillis(), claim.seq(), claim.epoch()})
                      .toList());
          var held = new ArrayList<Claimed>();
          for (int i = 0; i < renewed.length; i++) {
            if (renewed[i] != 0) {
              held.add(ordered.get(i));
            }
          }
          return held;
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

  /** Writes down what became of attempts, and lets the next of their keys go. */
  void write(List<Attempt> attempts) {
    List<Attempt> ordered =
        attempts.stream()
            .sorted(Comparator.comparingLong(attempt -> attempt.claim().seq()))
            .toList();
    database.retryInTransaction(
        "write down what was sent",
        connection -> {
          Set<String> keys = endSent(connection, ordered);
          for (Attempt attempt : ordered) {
            if (!attempt.isSent()) {
              keys.addAll(writeFailure(connection, attempt));
            }
          }
          sent.write(connection, ordered);
          for (String key : keys) {
            letNextGo(connection, key);
          }
          return keys;
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

  private void letNextGo(Connection connection, String key) throws SQLException {
    database.update(
        connection,
        "UPDATE w7s_outbox SET due_at = :now WHERE seq = (SELECT min(seq) FROM w7s_outbox"
            + " WHERE order_key = ?"
            + blocking(parkedHead)
            + ") AND "
            + NOT_PARKED
            + " AND (due_at = "
            + BEHIND_ANOTHER
            + " OR due_at <= (SELECT :now))",
        key);
  }

  /** Returns the condition of the rows that keep others of their key waiting. */
  private static String blocking(ParkedHead parkedHead) {
    return parkedHead == ParkedHead.SKIP ? " AND " + NOT_PARKED : "";
  }

  /**
   * Lets those go that wait for nothing: when they were appended one before them was still there,
   * and when that one was done they were not committed.
   */
  boolean letWaitingGo() {
    return database.update(
            "let the next of each key go", letWaitingGoSql(database.dialect(), parkedHead))
        > 0;
  }

  static String letWaitingGoSql(Dialect dialect, ParkedHead parkedHead) {
    return "UPDATE w7s_outbox SET due_at = :now WHERE due_at = "
        + BEHIND_ANOTHER
        + " AND state = 'READY' AND "
        + dialect.among(
            "seq",
            "SELECT min(seq) FROM w7s_outbox WHERE order_key IS NOT NULL"
                + blocking(parkedHead)
                + " GROUP BY order_key");
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
    if (!Texts.isName(eventId, EventOptions.MAX_ID_LENGTH)) {
      return List.of();
    }
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
          List<Optional<String>> keys =
              database.query(
                  connection,
                  "SELECT order_key FROM w7s_outbox WHERE seq = ?",
                  row -> Optional.ofNullable(row.getString(1)),
                  number);
          boolean dropped =
              database.update(
                      connection,
                      "DELETE FROM w7s_outbox WHERE seq = ? AND state = 'PARKED'",
                      number)
                  == 1;
          for (Optional<String> key : keys) {
            if (key.isPresent()) {
              letNextGo(connection, key.get());
            }
          }
          return dropped;
        });
  }
}

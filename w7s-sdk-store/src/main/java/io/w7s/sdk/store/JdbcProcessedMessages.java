package io.w7s.sdk.store;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.PeriodicPurge;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in a database which messages were handled, for all processes that use it. Thread-safe.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * var processed = JdbcProcessedMessages.of(dataSource);
 * }</pre>
 *
 * <p>A handler whose effects are in the same database marks the message in its own transaction, and
 * so has them exactly once, whenever its process dies:
 *
 * <pre>{@code
 * .on(JOBS, message -> {
 *   try (Connection connection = dataSource.getConnection()) {
 *     connection.setAutoCommit(false);
 *     save(connection, message.body());
 *     processed.complete(message.claim(), connection);
 *     connection.commit();
 *   }
 * })
 * }</pre>
 *
 * <p>Leases go by the database's clock. Each message takes two statements and each batch one more,
 * all in transactions of their own: the data source must give connections that no transaction of
 * the thread is bound to.
 *
 * <p>The pool should have a connection more than its handlers hold at a time. With fewer nothing is
 * lost, but a lease cannot be renewed while all connections are held, and then another process may
 * take the message over; whoever marks it first has handled it, and the transaction of the other
 * fails. A handler that holds the last connection and asks the store for something else than {@link
 * #complete(Claim, Connection)} waits until its pool gives up. Mark a message as late in the
 * transaction as possible: its lease is not renewed from then on.
 *
 * <p>On SQLite set a {@code busy_timeout}: one connection writes at a time, and another that finds
 * the database locked for longer than that fails with a {@link StoreException}.
 */
public final class JdbcProcessedMessages implements ProcessedMessages {

  /** The most rows that one purge deletes, so that it holds no lock for long. */
  private static final int PURGED_AT_ONCE = 1_000;

  /**
   * Whether a message that is found by its key is not done. Not {@code done_at IS NULL}, for which
   * there is an index: of a table that seems to be nearly empty, PostgreSQL's planner would read it
   * from end to end.
   */
  private static final String NOT_DONE = "COALESCE(done_at, -1) = -1";

  private static final String CLAIM =
      "INSERT INTO w7s_processed (queue, message_key, owner, claims, lease_until)"
          + " VALUES (?, ?, ?, 1, :now + ?) ON CONFLICT (queue, message_key) DO ";

  /** Takes the claim if there is none, or if one was not completed within its lease. */
  private static final String CLAIM_OR_TAKE_OVER =
      CLAIM
          + "UPDATE SET owner = excluded.owner, claims = w7s_processed.claims + 1,"
          + " lease_until = excluded.lease_until"
          + " WHERE w7s_processed.done_at IS NULL AND w7s_processed.lease_until <= :now"
          + " RETURNING claims";

  private static final String CLAIM_ONLY = CLAIM + "NOTHING RETURNING claims";

  private static final String INSERT =
      "INSERT INTO w7s_processed (queue, message_key, owner, claims, lease_until)"
          + " VALUES (?, ?, ?, 1, :now + ?)";

  private static final String TAKE_OVER =
      "UPDATE w7s_processed SET owner = ?, claims = claims + 1, lease_until = :now + ?"
          + " WHERE queue = ? AND message_key = ? AND lease_until <= :now AND "
          + NOT_DONE;

  private static final String STATE =
      "SELECT done_at, lease_until - :now FROM w7s_processed WHERE queue = ? AND message_key = ?";

  private static final String RENEW =
      "UPDATE w7s_processed SET lease_until = :now + ?"
          + " WHERE queue = ? AND message_key = ? AND owner = ? AND "
          + NOT_DONE;

  /** Does not wait for a handler that has marked its message in a transaction it keeps open. */
  private static final String RENEW_UNLESS_LOCKED =
      "UPDATE w7s_processed SET lease_until = :now + ? WHERE (queue, message_key) IN (SELECT queue,"
          + " message_key FROM w7s_processed WHERE queue = ? AND message_key = ? AND owner = ? AND "
          + NOT_DONE
          + " FOR UPDATE SKIP LOCKED)";

  private static final String HOLDS =
      "SELECT 1 FROM w7s_processed"
          + " WHERE queue = ? AND message_key = ? AND owner = ? AND "
          + NOT_DONE;

  private static final String COMPLETE =
      "UPDATE w7s_processed SET done_at = coalesce(done_at, :now)"
          + " WHERE queue = ? AND message_key = ? AND owner = ?";

  private static final String COMPLETE_ANY =
      "UPDATE w7s_processed SET done_at = coalesce(done_at, :now), owner = ?"
          + " WHERE queue = ? AND message_key = ? AND "
          + NOT_DONE;

  private static final String INSERT_DONE =
      "INSERT INTO w7s_processed (queue, message_key, owner, claims, lease_until, done_at)"
          + " VALUES (?, ?, ?, 1, 0, :now)";

  private static final String RELEASE =
      "DELETE FROM w7s_processed"
          + " WHERE queue = ? AND message_key = ? AND owner = ? AND "
          + NOT_DONE;

  private final Database database;
  private final Duration window;
  private final PeriodicPurge periodicPurge;

  private JdbcProcessedMessages(Builder builder) {
    database = new Database(builder.dataSource, builder.time);
    window = builder.window;
    periodicPurge = new PeriodicPurge(builder.time, "messages", () -> purge() == PURGED_AT_ONCE);
  }

  /** Returns a store that keeps messages for two days. */
  public static JdbcProcessedMessages of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /** Begins a store. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private Duration window = DEFAULT_WINDOW;
    private @Nullable TimeSource time;

    private Builder(DataSource dataSource) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets how long a message is kept after it is done. Default two days.
     *
     * @throws InvalidInputException when it is shorter than {@link Consumption#SHORTEST_WINDOW}
     */
    public Builder window(Duration window) {
      requireNonNull(window, "window");
      if (window.compareTo(Consumption.SHORTEST_WINDOW) < 0) {
        throw new InvalidInputException(
            "window", window.toString(), "at least " + Consumption.SHORTEST_WINDOW);
      }
      this.window = window;
      return this;
    }

    /** Sets the clock, for tests. Default: the database's own. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the store.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite
     *     or H2
     * @throws StoreException when it cannot be reached
     */
    public JdbcProcessedMessages build() {
      return new JdbcProcessedMessages(this);
    }
  }

  @Override
  public Duration window() {
    return window;
  }

  @Override
  public Set<String> done(String queue, Collection<String> keys) {
    periodicPurge.nowAndThen();
    if (keys.isEmpty()) {
      return Set.of();
    }
    var parameters = new ArrayList<Object>(keys.size() + 1);
    parameters.add(queue);
    keys.forEach(key -> parameters.add(Texts.key(key)));
    return new HashSet<>(
        database.query(
            "look up messages",
            lookUp(database.dialect(), keys.size()),
            row -> row.getString(1),
            parameters.toArray()));
  }

  static String lookUp(Dialect dialect, int keys) {
    return "SELECT message_key FROM "
        + dialect.byKeys("w7s_processed", "queue", "message_key", keys)
        + (" WHERE NOT (" + NOT_DONE + ")");
  }

  @Override
  public ClaimResult claim(String queue, String key, Duration lease, boolean takeOver) {
    var claim = new Claim(queue, Texts.key(key), ThreadLocalRandom.current().nextLong());
    return database.run("claim a message", connection -> claim(connection, claim, lease, takeOver));
  }

  private ClaimResult claim(Connection connection, Claim claim, Duration lease, boolean takeOver)
      throws SQLException {
    while (true) {
      int claims = tryToClaim(connection, claim, lease.toMillis(), takeOver);
      if (claims > 0) {
        return claims == 1 ? ClaimResult.granted(claim) : ClaimResult.takenOver(claim);
      }
      List<ClaimResult> states =
          database.query(
              connection, STATE, row -> state(row, takeOver), claim.queue(), claim.key());
      if (!states.isEmpty()) {
        return states.get(0);
      }
      // It was released in between.
    }
  }

  /** Returns how often the message was claimed, if it is claimed now; otherwise 0. */
  private int tryToClaim(Connection connection, Claim claim, long lease, boolean takeOver)
      throws SQLException {
    if (database.dialect().hasOnConflict()) {
      List<Integer> claims =
          database.query(
              connection,
              takeOver ? CLAIM_OR_TAKE_OVER : CLAIM_ONLY,
              row -> row.getInt(1),
              claim.queue(),
              claim.key(),
              claim.owner(),
              lease);
      return claims.isEmpty() ? 0 : claims.get(0);
    }
    if (database.insertIfAbsent(
        connection, INSERT, claim.queue(), claim.key(), claim.owner(), lease)) {
      return 1;
    }
    boolean taken =
        takeOver
            && database.update(
                    connection, TAKE_OVER, claim.owner(), lease, claim.queue(), claim.key())
                == 1;
    return taken ? 2 : 0;
  }

  private static ClaimResult state(ResultSet row, boolean takeOver) throws SQLException {
    row.getLong(1);
    if (!row.wasNull()) {
      return ClaimResult.done();
    }
    long remaining = row.getLong(2);
    return remaining > 0 || takeOver
        ? ClaimResult.busy(Duration.ofMillis(Math.max(remaining, 0)))
        : ClaimResult.abandoned();
  }

  @Override
  public boolean renew(Claim claim, Duration lease) {
    boolean skipsLocked = database.dialect().skipsLocked();
    int renewed =
        database.update(
            "renew a claim",
            skipsLocked ? RENEW_UNLESS_LOCKED : RENEW,
            lease.toMillis(),
            claim.queue(),
            claim.key(),
            claim.owner());
    // As long as its row is locked nobody can take it over, whenever its lease ends.
    return renewed == 1 || (skipsLocked && holds(claim));
  }

  private boolean holds(Claim claim) {
    return !database
        .query(
            "renew a claim", HOLDS, row -> row.getInt(1), claim.queue(), claim.key(), claim.owner())
        .isEmpty();
  }

  @Override
  public boolean complete(Claim claim) {
    return database.update(
            "mark a message as done", COMPLETE, claim.queue(), claim.key(), claim.owner())
        == 1;
  }

  /**
   * Marks a claimed message as done in the transaction of a connection: the mark is there when the
   * transaction commits, and not when it does not. The message is completed once more after the
   * handler, which changes nothing then.
   *
   * @param claim the claim of the message, {@code message.claim()} or {@code event.claim()}
   * @param connection a connection to the same database, with a transaction open
   * @throws LeaseLostException when another delivery has taken the message over; do not commit
   * @throws InvalidInputException when the connection commits each statement by itself
   * @throws SQLException what the driver throws
   */
  public void complete(Claim claim, Connection connection) throws SQLException {
    if (database.update(
            Database.inTransactionOf(connection),
            COMPLETE,
            claim.queue(),
            claim.key(),
            claim.owner())
        != 1) {
      throw new LeaseLostException(claim);
    }
  }

  @Override
  public void complete(String queue, String key) {
    Texts.key(key);
    long owner = ThreadLocalRandom.current().nextLong();
    database.run(
        "mark a message as done",
        connection -> {
          if (database.dialect().hasOnConflict()) {
            return database.update(
                connection,
                INSERT_DONE
                    + " ON CONFLICT (queue, message_key) DO UPDATE"
                    + " SET owner = excluded.owner, done_at = excluded.done_at"
                    + " WHERE w7s_processed.done_at IS NULL",
                queue,
                key,
                owner);
          }
          database.insertIfAbsent(connection, INSERT_DONE, queue, key, owner);
          return database.update(connection, COMPLETE_ANY, owner, queue, key);
        });
  }

  @Override
  public void release(Claim claim) {
    database.update("release a claim", RELEASE, claim.queue(), claim.key(), claim.owner());
  }

  /**
   * Deletes messages that are older than the window, at most 1,000. The store does this by itself
   * about once a minute, as long as messages are delivered.
   *
   * @return how many were deleted
   */
  public int purge() {
    long old = window.toMillis();
    int done =
        database.update("purge messages", purgeDone(database.dialect()), old, PURGED_AT_ONCE);
    return done == PURGED_AT_ONCE
        ? done
        : done
            + database.update(
                "purge messages", purgeOpen(database.dialect()), old, PURGED_AT_ONCE - done);
  }

  static String purgeDone(Dialect dialect) {
    return dialect.deleteSome("w7s_processed", "done_at < (SELECT :now) - ?", "done_at");
  }

  static String purgeOpen(Dialect dialect) {
    return dialect.deleteSome(
        "w7s_processed",
        "done_at IS NULL AND lease_until < (SELECT :now) - ?",
        "lease_until",
        "done_at IS NULL AND lease_until < (SELECT :now)"); // unless it was taken over meanwhile
  }
}

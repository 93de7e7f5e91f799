package io.w7s.sdk.store;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.PeriodicPurge;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in a database which signatures were used, for all processes that share a secret of a
 * bridge. Thread-safe.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * AppHandler service =
 *     SignedHandler.builder(app, W7sConfig.load()).used(JdbcUsedSignatures.of(dataSource)).build();
 * }</pre>
 *
 * <p>Each request takes one statement, in a transaction of its own. Times are those of the
 * database's clock; it may be 10 minutes ahead of those of the processes.
 */
public final class JdbcUsedSignatures implements UsedSignatures {

  /** How far the database's clock may be ahead of that of a process. */
  private static final Duration MARGIN = Duration.ofMinutes(10);

  /** The most rows that one purge deletes, so that it holds no lock for long. */
  private static final int PURGED_AT_ONCE = 10_000;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  private static final String INSERT =
      "INSERT INTO w7s_used_signature (id, forget_at) VALUES (?, ?)";

  private final Database database;
  private final PeriodicPurge periodicPurge;

  private JdbcUsedSignatures(DataSource dataSource, @Nullable TimeSource time) {
    database = new Database(dataSource, time);
    periodicPurge = new PeriodicPurge(time, "signatures", () -> purge() == PURGED_AT_ONCE);
  }

  /**
   * Returns a store.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws StoreException when it cannot be reached
   */
  public static JdbcUsedSignatures of(DataSource dataSource) {
    return new JdbcUsedSignatures(dataSource, null);
  }

  /** As {@link #of(DataSource)}, with a clock of its own, for tests. */
  public static JdbcUsedSignatures of(DataSource dataSource, TimeSource time) {
    return new JdbcUsedSignatures(dataSource, time);
  }

  /**
   * Remembers a signature, unless it is remembered already.
   *
   * @throws InvalidInputException when the id is not 16 to 64 letters, digits, hyphens and
   *     underscores
   * @throws StoreException when the database fails. It is unknown whether the signature is
   *     remembered then
   */
  @Override
  public boolean firstUse(String id, Instant until) {
    if (!ID.matcher(id).matches()) {
      throw new InvalidInputException(
          "signature id",
          id.length() + " characters",
          "16 to 64 letters, digits, hyphens and underscores");
    }
    long forgetAt = until.plus(MARGIN).toEpochMilli();
    boolean first =
        database.run(
            "remember that a signature was used",
            connection -> database.insertIfAbsent(connection, INSERT, id, forgetAt));
    periodicPurge.nowAndThen();
    return first;
  }

  /**
   * Deletes signatures that are not valid any more, at most 10,000: call it until it returns 0. The
   * store does this by itself about once a minute, as long as requests come.
   *
   * @return how many were deleted
   */
  public int purge() {
    return database.update("purge signatures", purge(database.dialect()), PURGED_AT_ONCE);
  }

  static String purge(Dialect dialect) {
    return dialect.deleteSome("w7s_used_signature", "forget_at <= (SELECT :now)", "forget_at");
  }
}

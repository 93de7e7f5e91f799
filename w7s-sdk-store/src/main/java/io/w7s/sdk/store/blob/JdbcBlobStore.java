package io.w7s.sdk.store.blob;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.PeriodicPurge;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blobs in a database. Thread-safe.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * var blobs = JdbcBlobStore.of(dataSource);
 * }</pre>
 *
 * <p>A blob is stored in a transaction of its own, which has committed before its message is sent.
 * Databases and their drivers hold it in memory several times, so this is for bodies of some
 * megabytes at most; for larger ones there are files and buckets.
 *
 * <p>Times are those of the database's clock.
 */
public final class JdbcBlobStore implements BlobStore {

  /** The most rows that one statement deletes, so that it holds no lock for long. */
  private static final int DELETED_AT_ONCE = 100;

  private static final String INSERT =
      "INSERT INTO w7s_blob (id, bytes, created_at) VALUES (?, ?, :now)";

  private static final String GET = "SELECT substr(bytes, 1, ?) FROM w7s_blob WHERE id = ?";

  private final Database database;
  private final Duration expiry;
  private final PeriodicPurge periodicPurge;

  private JdbcBlobStore(Builder builder) {
    database = new Database(builder.dataSource, builder.time);
    expiry = builder.expiry;
    periodicPurge = new PeriodicPurge(builder.time, "blobs", () -> sweepSome() == DELETED_AT_ONCE);
  }

  /**
   * Returns a store that keeps blobs for 8 days.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws StoreException when it cannot be reached
   */
  public static JdbcBlobStore of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /** Begins a store. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private Duration expiry = DEFAULT_EXPIRY;
    private @Nullable TimeSource time;

    private Builder(DataSource dataSource) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets how long a blob is kept. Default 8 days.
     *
     * @throws InvalidInputException when it is shorter than {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder expiry(Duration expiry) {
      requireNonNull(expiry, "expiry");
      this.expiry = BlobStore.requireExpiry(expiry);
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
    public JdbcBlobStore build() {
      return new JdbcBlobStore(this);
    }
  }

  @Override
  public void put(BlobRef blob, byte[] bytes) {
    database.run(
        "store a blob",
        connection -> database.insertIfAbsent(connection, INSERT, blob.id(), bytes));
    periodicPurge.nowAndThen();
  }

  @Override
  public Optional<byte[]> get(BlobRef blob) {
    int most = Math.min(blob.size(), maxBytes()) + 1;
    List<byte[]> found = database.query("read a blob", GET, JdbcBlobStore::bytes, most, blob.id());
    return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
  }

  /** SQLite's part of nothing is NULL. */
  private static byte[] bytes(ResultSet row) throws SQLException {
    byte[] bytes = row.getBytes(1);
    return bytes == null ? new byte[0] : bytes;
  }

  @Override
  public Duration expiry() {
    return expiry;
  }

  @Override
  public int sweep() {
    int swept = 0;
    int deleted;
    do {
      deleted = sweepSome();
      swept += deleted;
    } while (deleted == DELETED_AT_ONCE);
    return swept;
  }

  private int sweepSome() {
    return database.update(
        "delete old blobs", delete(database.dialect()), expiry.toMillis(), DELETED_AT_ONCE);
  }

  static String delete(Dialect dialect) {
    return dialect.deleteSome("w7s_blob", "created_at < (SELECT :now) - ?", "created_at");
  }
}

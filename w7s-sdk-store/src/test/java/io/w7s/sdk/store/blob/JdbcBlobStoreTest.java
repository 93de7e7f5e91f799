package io.w7s.sdk.store.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.testing.contract.BlobStoreContract;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The store of blobs on each database. */
class JdbcBlobStoreTest {

  private static final byte[] BYTES = "{\"n\":1}".getBytes(StandardCharsets.US_ASCII);

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }

    @Test
    void aSweepReadsNoMoreThanItDeletes() throws SQLException {
      try (Connection connection = Databases.POSTGRESQL.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute(
            "INSERT INTO w7s_blob SELECT gen_random_uuid()::text, '\\x00', i FROM"
                + " generate_series(1, 20000) i");
        statement.execute("ANALYZE w7s_blob");
        try (PreparedStatement explain =
            connection.prepareStatement(
                "EXPLAIN (ANALYZE, TIMING OFF) "
                    + JdbcBlobStore.delete(Dialect.POSTGRESQL).replace(":now", "500::bigint"))) {
          explain.setLong(1, 100);
          explain.setInt(2, 100);
          var plan = new StringBuilder();
          try (ResultSet lines = explain.executeQuery()) {
            while (lines.next()) {
              plan.append(lines.getString(1)).append('\n');
            }
          }
          assertThat(plan.toString())
              .contains("using w7s_blob_created_at")
              .contains("Index Cond: (created_at <")
              .doesNotContain("Seq Scan")
              .doesNotContain("Rows Removed by Filter");
        }
        connection.rollback();
      }
    }
  }

  @Nested
  class OnSqlite extends Contract {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends Contract {
    OnH2() {
      super(Databases.H2);
    }
  }

  abstract static class Contract extends BlobStoreContract {

    private final DataSource dataSource;
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final JdbcBlobStore store;

    Contract(Databases database) {
      dataSource = database.dataSource();
      store = JdbcBlobStore.builder(dataSource).time(time).build();
    }

    @Override
    protected BlobStore store() {
      return store;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    private BlobRef put(BlobStore to) {
      BlobRef blob = BlobRef.of(UUID.randomUUID().toString(), BYTES);
      to.put(blob, BYTES);
      return blob;
    }

    @Test
    void aSweepDeletesAllThatIsOld() {
      for (int i = 0; i < 250; i++) {
        put(store);
      }
      time.advance(Duration.ofDays(9));

      assertThat(store.sweep()).isGreaterThanOrEqualTo(250);
      assertThat(store.sweep()).isZero();
    }

    @Test
    void itSweepsByItselfWhileBlobsAreStored() {
      BlobRef old = put(store);
      time.advance(Duration.ofDays(9));
      while (store.get(old).isPresent()) { // what other tests left is older
        time.advance(Duration.ofMinutes(1));
        put(store);
        assertThat(time.now()).isBefore(Instant.parse("2026-06-04T12:00:00Z"));
      }
    }

    @Test
    void blobsExpireByTheDatabasesClockWhenNoneIsSet() {
      JdbcBlobStore real = JdbcBlobStore.of(dataSource);
      BlobRef blob = put(real);
      real.sweep();

      assertThat(real.get(blob)).contains(BYTES);
    }

    @Test
    void aBlobWhoseBytesAreGoneIsReadAsNone() throws SQLException {
      BlobRef blob = put(store);
      try (Connection connection = dataSource.getConnection();
          PreparedStatement damage =
              connection.prepareStatement("UPDATE w7s_blob SET bytes = ? WHERE id = ?")) {
        damage.setBytes(1, new byte[0]);
        damage.setString(2, blob.id());
        damage.executeUpdate();
      }

      assertThat(store.get(blob)).contains(new byte[0]);
    }

    @Test
    void aShortExpiryIsRefused() {
      assertThatThrownBy(() -> JdbcBlobStore.builder(dataSource).expiry(Duration.ofDays(2)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("at least PT48H35S");
    }
  }
}

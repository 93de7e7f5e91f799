package io.w7s.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.StoreSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntConsumer;

/** What the store of processed messages takes when it remembers ten million, on PostgreSQL. */
final class StoreRun {

  private static final String QUEUE = "acme/worker/jobs";
  private static final int MESSAGES = Integer.getInteger("w7s.messages", 10_000_000);

  private static final int ROUNDS = 5;

  /** Those that are older than the window: 20 purges a round, and as many to warm up. */
  private static final int OLD = 20 * 1_000 * (ROUNDS + 1);

  private static final int TIMES = 10_000;
  private static final int BATCH = 10;

  private final HikariDataSource pool;
  private final JdbcProcessedMessages store;
  private final Random random = new Random(1);

  private StoreRun(HikariDataSource pool) {
    this.pool = pool;
    this.store = JdbcProcessedMessages.of(pool);
  }

  static void print() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        var pool = new HikariDataSource()) {
      pool.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
      StoreSchema.migrate(pool);
      fill(pool);
      new StoreRun(pool).measure();
    }
  }

  /** Fills the table with keys in no order, as ids of messages are. */
  private static void fill(HikariDataSource pool) throws SQLException {
    execute(pool, "ALTER TABLE w7s_processed DROP CONSTRAINT w7s_processed_pkey");
    insert(pool, 1, MESSAGES, Duration.ZERO);
    execute(pool, "ALTER TABLE w7s_processed ADD PRIMARY KEY (queue, message_key)");
    execute(pool, "VACUUM ANALYZE w7s_processed");
  }

  private static void insert(HikariDataSource pool, int first, int last, Duration age)
      throws SQLException {
    execute(
        pool,
        "INSERT INTO w7s_processed SELECT '%s', md5(i::text)::uuid::text, i, 1, 0, now FROM generate_series(%d, %d) i, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint - %d AS now) clock"
            .formatted(QUEUE, first, last, age.toMillis()));
  }

  private static void execute(HikariDataSource pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void measure() throws SQLException {
    System.out.printf("%,d messages; p50 and p99 are medians of %d rounds%n", MESSAGES, ROUNDS);
    System.out.println("| what | p50 µs | p99 µs |");
    System.out.println("| --- | --- | --- |");
    rounds("a connection and `SELECT 1`, the floor", TIMES, i -> floor());
    rounds("look up a batch of 10, half of them done", TIMES, i -> store.done(QUEUE, batch()));
    rounds("claim and complete a message", TIMES, i -> store.complete(claim()));
    insert(pool, MESSAGES + 1, MESSAGES + OLD, Duration.ofDays(3));
    rounds("purge 1,000 old messages", OLD / 1_000 / (ROUNDS + 1), i -> purge(1_000));
    rounds("purge when none is old", 1_000, i -> purge(0));
  }

  private void floor() {
    try {
      execute(pool, "SELECT 1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void rounds(String what, int times, IntConsumer operation) {
    double[] p50 = new double[ROUNDS];
    double[] p99 = new double[ROUNDS];
    round(times, operation); // warms up
    for (int round = 0; round < ROUNDS; round++) {
      long[] nanos = round(times, operation);
      p50[round] = nanos[times / 2] / 1e3;
      p99[round] = nanos[times * 99 / 100] / 1e3;
    }
    Arrays.sort(p50);
    Arrays.sort(p99);
    System.out.printf(
        Locale.ROOT, "| %s | %,.0f | %,.0f |%n", what, p50[ROUNDS / 2], p99[ROUNDS / 2]);
  }

  private static long[] round(int times, IntConsumer operation) {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      operation.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private List<String> batch() {
    var keys = new ArrayList<String>(BATCH);
    for (int i = 0; i < BATCH / 2; i++) {
      keys.add(key(1 + random.nextInt(MESSAGES)));
      keys.add(UUID.randomUUID().toString());
    }
    return keys;
  }

  /** Returns the key of a message as the database made it. */
  private static String key(int message) {
    try {
      byte[] md5 =
          MessageDigest.getInstance("MD5")
              .digest(String.valueOf(message).getBytes(StandardCharsets.US_ASCII));
      ByteBuffer halves = ByteBuffer.wrap(md5);
      return new UUID(halves.getLong(), halves.getLong()).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has MD5", e);
    }
  }

  private Claim claim() {
    return store.claim(QUEUE, UUID.randomUUID().toString(), Duration.ofMinutes(10), true).claim();
  }

  private void purge(int expected) {
    int purged = store.purge();
    if (purged != expected) {
      throw new IllegalStateException(purged + " were purged");
    }
  }
}

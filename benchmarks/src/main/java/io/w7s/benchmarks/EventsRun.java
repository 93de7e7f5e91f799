package io.w7s.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import io.w7s.sdk.store.event.Replay;
import io.w7s.sdk.testing.InMemoryW7s;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Appending, sending and replaying events on PostgreSQL, each beside the same in plain JDBC. */
final class EventsRun {

  record Order(String id, String customer, int cents) {}

  private static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);

  private static final int ROUNDS = 7;
  private static final int EVENTS = 3_000;
  private static final int BATCH = 100;
  private static final int CLAIMED_AT_ONCE = 10;
  private static final int REPLAYED = Integer.getInteger("w7s.replayed", 1_000_000);
  private static final int MEASURED = 20_000;

  private static final int BLOATED = Integer.getInteger("w7s.bloat", 1_000_000);

  private static final String INSERT =
      "INSERT INTO w7s_event (id, subject, happened_at, body) VALUES (?, 'orders.created', ?, ?)";

  private final HikariDataSource pool;
  private final EventStore events;
  private final InMemoryW7s memory = InMemoryW7s.create();
  private final Work dispatching = this::dispatch;
  private final Work claiming = this::claimAndDelete;

  private EventsRun(HikariDataSource pool) {
    this.pool = pool;
    events = EventStore.of(pool);
    memory.deploy(W7sApp.builder(AppRef.of("acme/shop")).build());
    memory.deploy(W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build());
  }

  static void print() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        var pool = new HikariDataSource()) {
      pool.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
      StoreSchema.migrate(pool);
      var run = new EventsRun(pool);
      run.throughput();
      run.latency();
      run.replay();
      run.bloat();
    }
  }

  // ---- Throughput

  private interface Work {
    /** Does it; returns how many events it was for. */
    int run() throws SQLException;
  }

  private void throughput() throws SQLException {
    System.out.printf("medians of %d rounds, which alternate%n", ROUNDS);
    System.out.println("| what | events a second | in plain JDBC | ratio |");
    System.out.println("| --- | --- | --- | --- |");
    compare("append one, in a transaction of its own", this::appendOne, this::insertOne);
    compare("append 100 in one transaction", this::appendMany, this::insertMany);
    compare("claim 10, send, and write it down", dispatching, claiming);
  }

  private void compare(String what, Work sdk, Work jdbc) throws SQLException {
    double[] ours = new double[ROUNDS];
    double[] floor = new double[ROUNDS];
    double[] ratio = new double[ROUNDS];
    for (int round = -2; round < ROUNDS; round++) {
      double first = rate(jdbc);
      double second = rate(sdk);
      if (round >= 0) {
        floor[round] = first;
        ours[round] = second;
        ratio[round] = second / first;
      }
    }
    Arrays.sort(ours);
    Arrays.sort(floor);
    Arrays.sort(ratio);
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %.2f [%.2f..%.2f] |%n",
        what,
        ours[ROUNDS / 2],
        floor[ROUNDS / 2],
        ratio[ROUNDS / 2],
        ratio[0],
        ratio[ROUNDS - 1]);
  }

  private double rate(Work work) throws SQLException {
    execute("TRUNCATE w7s_event, w7s_outbox, w7s_outbox_sent, w7s_event_attribute");
    if (work == dispatching || work == claiming) {
      fillOutbox();
    }
    long start = System.nanoTime();
    int done = work.run();
    return done * 1e9 / (System.nanoTime() - start);
  }

  private static Order order(int i) {
    return new Order("order-" + i, "customer-" + i % 100, 100 * i);
  }

  private static byte[] json(int i) {
    return "{\"id\":\"order-%d\",\"customer\":\"customer-%d\",\"cents\":%d}"
        .formatted(i, i % 100, 100 * i)
        .getBytes(StandardCharsets.UTF_8);
  }

  private int appendOne() {
    for (int i = 0; i < EVENTS; i++) {
      events.append(CREATED, order(i));
    }
    return EVENTS;
  }

  private int insertOne() throws SQLException {
    for (int i = 0; i < EVENTS; i++) {
      try (Connection connection = pool.getConnection();
          PreparedStatement insert = connection.prepareStatement(INSERT)) {
        connection.setAutoCommit(false);
        bind(insert, i);
        insert.executeUpdate();
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
    return EVENTS;
  }

  private static void bind(PreparedStatement insert, int i) throws SQLException {
    insert.setString(1, UUID.randomUUID().toString());
    insert.setLong(2, System.currentTimeMillis());
    insert.setBytes(3, json(i));
  }

  private int appendMany() {
    for (int i = 0; i < 10 * EVENTS; i += BATCH) {
      int first = i;
      events.appendAll(
          batch -> {
            for (int j = first; j < first + BATCH; j++) {
              batch.add(CREATED, order(j));
            }
          });
    }
    return 10 * EVENTS;
  }

  private int insertMany() throws SQLException {
    for (int i = 0; i < 10 * EVENTS; i += BATCH) {
      try (Connection connection = pool.getConnection();
          PreparedStatement insert = connection.prepareStatement(INSERT)) {
        connection.setAutoCommit(false);
        for (int j = i; j < i + BATCH; j++) {
          bind(insert, j);
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
        connection.setAutoCommit(true);
      }
    }
    return 10 * EVENTS;
  }

  // ---- Claiming

  private void fillOutbox() throws SQLException {
    execute(
        "INSERT INTO w7s_event (id, subject, happened_at, body) SELECT 'e' || i,"
            + " 'acme/worker/jobs', 0, '{\"id\":\"o\",\"customer\":\"c\",\"cents\":1}'::bytea FROM"
            + " generate_series(1, "
            + EVENTS
            + ") i");
    execute(
        "INSERT INTO w7s_outbox (event_id, kind, target, delay_seconds, state, due_at, epoch,"
            + " attempts, appended_at) SELECT 'e' || i, 'QUEUE', 'acme/worker/jobs', 0, 'READY', i,"
            + " 0, 0, 0 FROM generate_series(1, "
            + EVENTS
            + ") i");
    execute("ANALYZE w7s_event, w7s_outbox");
  }

  private int dispatch() {
    return Outbox.builder(events, memory.as("acme/shop"))
        .atOnce(CLAIMED_AT_ONCE)
        .build()
        .dispatch();
  }

  /** What one would write: claim, read, delete, and note what was sent. */
  private int claimAndDelete() throws SQLException {
    int done = 0;
    while (true) {
      var ids = new ArrayList<String>();
      var seqs = new ArrayList<Long>();
      try (Connection connection = pool.getConnection();
          PreparedStatement claim =
              connection.prepareStatement(
                  "UPDATE w7s_outbox o SET due_at = ?, epoch = epoch + 1 FROM w7s_event e WHERE"
                      + " o.seq IN (SELECT seq FROM w7s_outbox WHERE state = 'READY' AND due_at <="
                      + " ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED) AND e.id = o.event_id"
                      + " RETURNING o.seq, e.id, e.body")) {
        long now = System.currentTimeMillis();
        claim.setLong(1, now + 30_000);
        claim.setLong(2, now);
        claim.setInt(3, CLAIMED_AT_ONCE);
        try (ResultSet rows = claim.executeQuery()) {
          while (rows.next()) {
            seqs.add(rows.getLong(1));
            ids.add(rows.getString(2));
            rows.getBytes(3);
          }
        }
      }
      if (ids.isEmpty()) {
        return done;
      }
      done += ids.size();
      end(seqs, ids);
    }
  }

  private void end(List<Long> seqs, List<String> ids) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM w7s_outbox WHERE seq = ?");
        PreparedStatement note =
            connection.prepareStatement(
                "INSERT INTO w7s_outbox_sent (queue, event_id, kind, sent_at, resends) VALUES"
                    + " ('acme/worker/jobs', ?, 'QUEUE', ?, 0)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < ids.size(); i++) {
        delete.setLong(1, seqs.get(i));
        delete.addBatch();
        note.setString(1, ids.get(i));
        note.setLong(2, System.currentTimeMillis());
        note.addBatch();
      }
      delete.executeBatch();
      note.executeBatch();
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  // ---- From the append until it is sent

  /** Beside each other: alone, and while another message with a key is sent for a long time. */
  private void latency() throws Exception {
    latencies(false, 500); // to warm up
    latencies(true, 500);
    List<Long> alone = new ArrayList<>();
    List<Long> besideStuck = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      alone.addAll(latencies(false, 1_000));
      besideStuck.addAll(latencies(true, 1_000));
    }
    print("from append, commit included, to the send", alone);
    print("the same, while another message is sent for a long time", besideStuck);
  }

  private static void print(String what, List<Long> micros) {
    List<Long> sorted = micros.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%s: p50 %,d us, p99 %,d us%n",
        what,
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() * 99 / 100));
  }

  private List<Long> latencies(boolean besideStuck, int messages) throws Exception {
    BlockingQueue<Long> sent = new ArrayBlockingQueue<>(1);
    var stuck = new AtomicBoolean(besideStuck);
    var goOn = new CountDownLatch(1);
    W7s w7s =
        memory
            .connect("acme/shop")
            .intercept(
                call -> {
                  if (stuck.compareAndSet(true, false)) {
                    awaitQuietly(goOn);
                  } else {
                    sent.add(System.nanoTime());
                  }
                  return CallObserver.NONE;
                })
            .build();
    List<Long> micros = new ArrayList<>();
    execute("TRUNCATE w7s_event, w7s_outbox, w7s_outbox_sent, w7s_event_attribute");
    try (Outbox outbox = Outbox.builder(events, w7s).build()) {
      outbox.start();
      if (besideStuck) {
        outbox.send(JOBS, order(0), message -> message.inOrderOf("stuck"));
        while (stuck.get()) {
          Thread.onSpinWait();
        }
      }
      for (int i = 0; i < messages; i++) {
        long start = System.nanoTime();
        outbox.send(JOBS, order(i), message -> {});
        Long end = sent.poll(10, TimeUnit.SECONDS);
        if (end == null) {
          throw new IllegalStateException("not sent");
        }
        micros.add((end - start) / 1_000);
      }
      goOn.countDown();
      if (besideStuck) {
        // the last one: then the outbox closes with nothing on its way
        while (outbox.count(OutboxEntry.State.READY) > 0) {
          Thread.onSpinWait();
        }
      }
    }
    return micros;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- Replay

  private void replay() throws SQLException {
    execute("TRUNCATE w7s_event, w7s_outbox, w7s_outbox_sent, w7s_event_attribute");
    execute(
        "INSERT INTO w7s_event (id, subject, happened_at, body) SELECT 'e' || i, 'orders.created',"
            + " i, '{\"id\":\"o\",\"customer\":\"c\",\"cents\":1}'::bytea FROM generate_series(1, "
            + REPLAYED
            + ") i");
    long start = System.nanoTime();
    events.lastPosition();
    double ordered = (System.nanoTime() - start) / 1e9;
    execute("ANALYZE w7s_event");
    start = System.nanoTime();
    long replayed = Replay.of(events, EventQuery.all().subject(CREATED)).toHandler(event -> {});
    double took = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "replay of %,d events: %.1f s, %,.0f a second; giving them their positions before: %.1f"
            + " s%n",
        replayed,
        took,
        replayed / took,
        ordered);
  }

  // ---- Bloat

  /**
   * Rows that were sent cannot be removed while a transaction is open that could see them. The rows
   * are those that so many claims and sends in an hour would leave.
   */
  private void bloat() throws Exception {
    double clean = sendP99();
    try (Connection foreign = pool.getConnection();
        Statement statement = foreign.createStatement()) {
      foreign.setAutoCommit(false);
      foreign.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.executeQuery("SELECT count(*) FROM w7s_outbox").close();
      String time = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
      execute(
          "INSERT INTO w7s_outbox (event_id, kind, target, delay_seconds, state, due_at, epoch,"
              + " attempts, appended_at) SELECT (SELECT min(id) FROM w7s_event), 'QUEUE',"
              + (" 'acme/worker/jobs', 0, 'READY', " + time + " - i * 3600000.0 / ")
              + (BLOATED + ", 0, 0, 1 FROM generate_series(1, " + BLOATED + ") i"));
      execute("UPDATE w7s_outbox SET epoch = 1, attempts = 1, due_at = due_at + 30000");
      execute("DELETE FROM w7s_outbox");
      double bloated = sendP99();
      System.out.printf(
          Locale.ROOT,
          "p99 from append to send: %,.0f us clean, %,.0f us after %,d claims with another"
              + " transaction open%n",
          clean,
          bloated,
          BLOATED);
      foreign.rollback();
    }
  }

  /** Sends some messages one by one; returns the 99th percentile, in microseconds. */
  private double sendP99() throws Exception {
    BlockingQueue<Long> sent = new ArrayBlockingQueue<>(1);
    W7s w7s =
        memory
            .connect("acme/shop")
            .intercept(
                call -> {
                  sent.add(System.nanoTime());
                  return CallObserver.NONE;
                })
            .build();
    long[] micros = new long[MEASURED];
    try (Outbox outbox = Outbox.builder(events, w7s).build()) {
      outbox.start();
      for (int i = 0; i < MEASURED; i++) {
        long start = System.nanoTime();
        outbox.send(JOBS, order(i), message -> {});
        micros[i] = (sent.take() - start) / 1_000;
      }
    }
    Arrays.sort(micros);
    return micros[MEASURED * 99 / 100];
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

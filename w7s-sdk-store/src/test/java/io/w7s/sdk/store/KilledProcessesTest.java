package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two processes consume a queue with one PostgreSQL, and are killed at random. The test is the
 * platform: it delivers batches of ten at least once, each to one of the two or to both at a time,
 * and delivers a batch again that was not acknowledged. No message is lost, none is handled twice
 * at a time, and twice at all only when its process was killed before it was marked. {@code
 * -Dw7s.processKills=100} kills more often than the build does.
 */
class KilledProcessesTest {

  private static final int KILLS = Integer.getInteger("w7s.processKills", 20);
  private static final int BATCHES_AT_A_TIME = 8;
  private static final int BATCH = 10;
  private static final int ATTEMPTS = 4;

  /** Longer than a lease, as the platform's 10 s are longer than the default one. */
  private static final Duration REDELIVERY = Duration.ofSeconds(3);

  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService platform = Executors.newScheduledThreadPool(24);
  private final Semaphore batches = new Semaphore(BATCHES_AT_A_TIME);
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private final AtomicInteger processes = new AtomicInteger();
  private final Consumer[] consumers = new Consumer[2];
  private String url;

  /** A process, and the deliveries that it must be allowed to finish. */
  private record Consumer(int number, Process process, URI uri, AtomicInteger lastDeliveries) {}

  private record Batch(String messages, int attempt) {

    String body() {
      return messages.replace("ATTEMPT", String.valueOf(attempt));
    }
  }

  @Test
  void noMessageIsLostAndNoneIsHandledTwiceAtATime() throws Exception {
    try (var postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      url = pool.getJdbcUrl();
      StoreSchema.migrate(pool);
      Sql.execute(
          pool,
          "CREATE TABLE runs (id bigserial PRIMARY KEY, message text NOT NULL, process integer NOT"
              + " NULL, began_at timestamptz NOT NULL, ended_at timestamptz)");
      Sql.execute(
          pool, "CREATE TABLE kills (process integer PRIMARY KEY, at timestamptz NOT NULL)");
      try {
        run(pool);
      } finally {
        platform.shutdownNow();
        for (Consumer consumer : consumers) {
          if (consumer != null) {
            consumer.process.destroyForcibly().waitFor();
          }
        }
      }
      check(pool);
    }
  }

  private void run(HikariDataSource pool) throws Exception {
    replace(0);
    replace(1);
    var killing = new AtomicBoolean(true);
    Future<?> killer =
        Executors.newSingleThreadExecutor()
            .submit(
                () -> {
                  try {
                    for (int i = 0; i < KILLS; i++) {
                      killOne(pool);
                    }
                  } finally {
                    killing.set(false);
                  }
                  return null;
                });
    while (killing.get()) {
      batches.acquire();
      var batch = new Batch(newBatch(), 1);
      platform.execute(() -> deliver(batch));
    }
    killer.get();
    batches.acquire(BATCHES_AT_A_TIME);
  }

  // ---- The platform

  private String newBatch() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Deliveries.batch(
            IntStream.range(0, BATCH)
                .mapToObj(
                    i -> {
                      // Some take longer than a lease.
                      long millis =
                          random.nextInt(200) == 0 ? 3_000 : random.nextInt(random.nextInt(1, 150));
                      return Deliveries.message(
                          "m" + messages.incrementAndGet(),
                          0,
                          "{\"millis\":%d,\"poison\":%b}"
                              .formatted(millis, random.nextInt(50) == 0));
                    })
                .toArray(String[]::new))
        .replace("\"attempts\":0", "\"attempts\":ATTEMPT");
  }

  private void deliver(Batch batch) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(2);
    if (random.nextInt(10) == 0) { // twice at a time
      platform.execute(() -> post(batch, 1 - first));
    }
    boolean done = post(batch, first) && random.nextInt(10) > 0; // otherwise its answer is lost
    if (done || batch.attempt == ATTEMPTS) {
      batches.release();
    } else {
      var next = new Batch(batch.messages, batch.attempt + 1);
      platform.schedule(() -> deliver(next), REDELIVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Delivers a batch; to the other process, while this one is being replaced. */
  private boolean post(Batch batch, int to) {
    Consumer consumer;
    synchronized (consumers) {
      consumer = consumers[to] == null ? consumers[1 - to] : consumers[to];
      if (batch.attempt == ATTEMPTS) {
        consumer.lastDeliveries.incrementAndGet();
      }
    }
    try {
      HttpRequest request =
          HttpRequest.newBuilder(consumer.uri.resolve("/_w7s/queues/jobs"))
              .POST(HttpRequest.BodyPublishers.ofString(batch.body()))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException killed) {
      brokenOff.incrementAndGet();
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      if (batch.attempt == ATTEMPTS) {
        consumer.lastDeliveries.decrementAndGet();
      }
    }
  }

  // ---- The processes

  /**
   * Kills a process and starts another one. It is not killed in the last delivery of a batch: what
   * the process has not written down by then is lost with any consumer.
   */
  private void killOne(HikariDataSource pool) throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    platform.schedule(() -> {}, random.nextInt(1_000), TimeUnit.MILLISECONDS).get();
    int which = random.nextInt(2);
    Consumer victim = null;
    while (victim == null) {
      synchronized (consumers) {
        if (consumers[which].lastDeliveries.get() == 0) {
          victim = consumers[which];
          consumers[which] = null;
        }
      }
      which = 1 - which;
      Thread.onSpinWait();
    }
    try (Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO kills VALUES (?, clock_timestamp())")) {
      insert.setInt(1, victim.number);
      insert.executeUpdate();
    }
    victim.process.destroyForcibly().waitFor();
    replace(1 - which);
  }

  private void replace(int which) throws IOException {
    int number = processes.incrementAndGet();
    Process process = ChildJvm.start(ConsumerProcess.class, url, String.valueOf(number));
    String port =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    synchronized (consumers) {
      consumers[which] =
          new Consumer(
              number, process, URI.create("http://127.0.0.1:" + port), new AtomicInteger());
    }
  }

  // ---- The history

  private void check(HikariDataSource pool) throws SQLException {
    // A killed handler ended when its process was killed.
    Sql.execute(
        pool,
        "CREATE VIEW intervals AS SELECT r.id, message, began_at, ended_at IS NOT NULL AS returned,"
            + " k.at AS killed_at, coalesce(ended_at, k.at) AS until FROM runs r LEFT JOIN kills k"
            + " ON k.process = r.process");

    assertThat(Sql.number(pool, "SELECT count(*) FROM kills")).isEqualTo(KILLS);
    assertThat(brokenOff).hasPositiveValue();
    assertThat(Sql.number(pool, "SELECT count(*) FROM runs WHERE ended_at IS NULL")).isPositive();
    assertThat(Sql.number(pool, "SELECT count(*) FROM w7s_processed WHERE done_at IS NOT NULL"))
        .as("messages that are done")
        .isEqualTo(messages.get());
    assertThat(Sql.number(pool, "SELECT count(*) FROM w7s_processed")).isEqualTo(messages.get());
    assertThat(
            Sql.number(
                pool,
                "SELECT count(DISTINCT message) FROM (SELECT message FROM runs WHERE ended_at IS NOT"
                    + " NULL UNION SELECT message_key FROM w7s_parked) m"))
        .as("messages that were handled or parked")
        .isEqualTo(messages.get());
    assertThat(
            Sql.number(
                pool,
                "SELECT count(*) FROM intervals a JOIN intervals b ON a.message = b.message AND a.id"
                    + " < b.id WHERE a.began_at < b.until AND b.began_at < a.until"))
        .as("handlers of a message that ran at the same time")
        .isZero();
    assertThat(
            Sql.number(
                pool,
                "SELECT count(*) FROM intervals a JOIN intervals b ON a.message = b.message AND"
                    + " a.began_at < b.began_at WHERE a.returned AND a.killed_at IS NULL AND"
                    + " NOT EXISTS (SELECT 1 FROM w7s_parked p WHERE p.message_key = a.message)"))
        .as("messages that were handled again although their process went on")
        .isZero();
  }
}

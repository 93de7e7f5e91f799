package io.w7s.sdk.store;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunAdministration.Fork;
import io.w7s.sdk.step.RunAdministration.Kept;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.KeyValueRows;
import io.w7s.sdk.store.keyvalue.JdbcKeyValueStore;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import io.w7s.sdk.workflow.RunProgress;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL reads for one row of a table that was full and is nearly empty, as its statistics
 * say: its old rows are still there, since a transaction is open that could see them. To a planner
 * each index of such a table seems to be as small as any other, so only the primary key may do for
 * what is found by its key.
 */
class EmptiedTablesTest {

  private static final int ROWS = 50_000;

  /** What one row may cost; a whole index and what it leads to have several times as many. */
  private static final int BLOCKS = 100;

  private static final String WORKFLOW = "acme/shop/checkout";
  private static final String QUEUE = "acme/worker/jobs";
  private static final Duration LEASE = ofSeconds(30);

  private static final List<String> FILLED = new ArrayList<>();

  private static EmbeddedPostgres server;
  private static HikariDataSource pool;
  private static Connection reader;

  private final ExplainedStatements explained = new ExplainedStatements();
  private final DataSource dataSource = explained.of(pool);

  @BeforeAll
  static void fillAndEmpty() throws Exception {
    server = Databases.startPostgres();
    pool = Databases.pool(server.getJdbcUrl("postgres", "postgres"));
    StoreSchema.migrate(pool);
    String numbers = " FROM generate_series(1, " + ROWS + ") i";
    fill(
        "w7s_run",
        "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload,"
            + " started_at, ended_at) SELECT '"
            + WORKFLOW
            + "', md5(i::text), CASE WHEN i % 3 = 0 THEN 'FAILED' WHEN i % 3 = 1 THEN 'RUNNING' ELSE"
            + " 'WAITING' END, 1, 0, CASE WHEN i % 3 > 0 THEN i END, '', i, CASE WHEN i % 3 = 0 THEN i"
            + " END"
            + numbers);
    fill(
        "w7s_step",
        "INSERT INTO w7s_step SELECT '"
            + WORKFLOW
            + "', md5(i::text), 'a', 0, 'RUN', 'T', 'DONE', 1, NULL, NULL, 1, NULL"
            + numbers);
    fill(
        "w7s_run_event",
        "INSERT INTO w7s_run_event SELECT '"
            + WORKFLOW
            + "', md5(i::text), 'paid', 'e', 1, '', i, NULL"
            + numbers);
    fill(
        "w7s_processed",
        "INSERT INTO w7s_processed SELECT '"
            + QUEUE
            + "', md5(i::text), i, 1, i, CASE WHEN i % 2 = 0 THEN i END"
            + numbers);
    fill(
        "w7s_key_value",
        "INSERT INTO w7s_key_value SELECT 'carts', convert_to(md5(i::text), 'UTF8'), '', i, CASE WHEN"
            + " i % 2 = 0 THEN i END"
            + numbers);
    fill(
        "w7s_delivered_event",
        "INSERT INTO w7s_delivered_event SELECT 'acme/shop', 'production', md5(i::text), 'acme/w/q',"
            + " 'c', 9000000000000"
            + numbers);
    fill("w7s_used_signature", "INSERT INTO w7s_used_signature SELECT md5(i::text), i" + numbers);
    reader = pool.getConnection();
    reader.setAutoCommit(false);
    reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement read = reader.createStatement()) {
      read.executeQuery("SELECT 1 FROM w7s_schema").close();
    }
    for (String table : FILLED) {
      Sql.execute(pool, "DELETE FROM " + table, "ANALYZE " + table);
    }
  }

  private static void fill(String table, String insert) throws Exception {
    FILLED.add(table);
    Sql.execute(
        pool,
        "ALTER TABLE " + table + " SET (autovacuum_enabled = false)",
        insert,
        "VACUUM ANALYZE " + table);
  }

  @AfterAll
  static void stop() throws Exception {
    reader.rollback();
    reader.close();
    pool.close();
    server.close();
  }

  private void assertThatNothingElseWasRead() {
    assertThat(explained.statements()).isNotEmpty();
    assertThat(explained.statements())
        .filteredOn(statement -> !statement.sql().contains("ORDER BY due_at"))
        .filteredOn(statement -> !statement.sql().contains("ORDER BY ended_at"))
        .allSatisfy(
            statement ->
                assertThat(statement.blocks())
                    .as("%s%n%s", statement.sql(), statement.plan())
                    .isLessThan(BLOCKS));
  }

  @Test
  void aRunIsFoundByItsKey() {
    JdbcStepLog log = JdbcStepLog.of(dataSource);
    RunAdministration administration = log.administration();
    var run = new NewRun(new RunId(WORKFLOW, "r1"), RawJson.of("1"), null, null);
    var event = new EventRecord("paid", "e1", RawJson.of("1"));

    HeldRun held = log.start(run, LEASE).orElseThrow();
    StepRecord step =
        new StepRecord(
            0,
            "a",
            StepRecord.Kind.RUN,
            "T",
            StepRecord.State.DONE,
            1,
            RawJson.of("1"),
            null,
            held.now(),
            null);
    log.write(held, step);
    log.steps(run.id());
    log.writeProgress(held, new RunProgress("on", OptionalDouble.empty(), held.now()));
    log.progress(run.id());
    log.renew(held, LEASE);
    log.suspendForEvent(held, held.now().plus(ofDays(1)), "paid");
    log.signal(run.id(), event);
    log.giveBack(log.start(run, LEASE).orElseThrow());
    HeldRun again = log.takeDue(List.of(WORKFLOW), LEASE).orElseThrow();
    log.nextEvent(run.id(), "paid");
    log.take(again, at(step, 1, "b"), event);
    log.continueAs(again, RawJson.of("2"), at(step, 0, "first"));
    HeldRun anew = log.start(run, LEASE).orElseThrow();
    log.suspend(anew, anew.now(), 1, "broken");
    administration.requestCancel(run.id(), "late");
    HeldRun last = log.start(run, LEASE).orElseThrow();
    log.end(last, RunStatus.State.FAILED, null, "broken");
    log.status(run.id());
    administration.input(run.id());
    RunInfo failed = administration.find(run.id()).orElseThrow();
    administration.fork(List.of(new Fork(failed, new RunId(WORKFLOW, "r1.again"), Kept.before(1))));
    assertThat(administration.reopen(failed, Kept.before(0))).isTrue();
    assertThat(administration.terminate(run.id(), "late")).isTrue();
    assertThat(administration.deleteEnded(List.of(WORKFLOW), Duration.ZERO, 10)).isEqualTo(1);

    assertThatNothingElseWasRead();
    assertThat(explained.statements())
        .filteredOn(statement -> statement.sql().contains("ORDER BY due_at"))
        .allSatisfy(statement -> assertThat(statement.plan()).contains("w7s_run_pkey"));
  }

  private static StepRecord at(StepRecord step, int position, String name) {
    return new StepRecord(
        position,
        name,
        step.kind(),
        step.type(),
        step.state(),
        1,
        step.value(),
        null,
        step.at(),
        null);
  }

  @Test
  void aMessageIsFoundByItsKey() {
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);

    Claim claim = processed.claim(QUEUE, "m1", LEASE, true).claim();
    processed.claim(QUEUE, "m1", LEASE, true);
    processed.renew(claim, LEASE);
    processed.complete(claim);
    processed.done(QUEUE, List.of("m1", "m2", "m3"));
    Claim released = processed.claim(QUEUE, "m2", LEASE, true).claim();
    processed.release(released);
    processed.complete(QUEUE, "m3");

    assertThatNothingElseWasRead();
  }

  @Test
  void aValueIsFoundByItsKey() throws Exception {
    JdbcKeyValueStore<Integer> store = JdbcKeyValueStore.of(dataSource, "carts", Integer.class);

    long version = store.put("c1", 1);
    store.putIfAbsent("c1", 2);
    store.get("c1");
    store.replace("c1", version, 3);
    store.delete("c1", version);
    store.delete("c1");
    try (Connection connection = dataSource.getConnection()) {
      new KeyValueRows(new Database(dataSource, null), "carts")
          .getAll(connection, List.of(new byte[] {1}, new byte[] {2}));
    }

    assertThatNothingElseWasRead();
  }

  @Test
  void theSubscribersOfAnEventAreFoundByItsKey() {
    JdbcDeliveredEvents delivered = JdbcDeliveredEvents.of(dataSource);
    var shop = new Caller(AppId.parse("acme/shop"), Environment.PRODUCTION);

    assertThat(delivered.subscribers(shop, "e1")).isEmpty();

    assertThatNothingElseWasRead();
  }

  @Test
  void aSignatureIsFoundByItsId() {
    JdbcUsedSignatures signatures = JdbcUsedSignatures.of(dataSource);

    assertThat(signatures.firstUse("0123456789abcdef", Instant.EPOCH)).isTrue();
    assertThat(signatures.firstUse("0123456789abcdef", Instant.EPOCH)).isFalse();

    assertThatNothingElseWasRead();
  }
}

package io.w7s.sdk.store.workflow;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.contract.StepLogContract;
import io.w7s.sdk.workflow.RunProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The log on PostgreSQL with a pool whose transactions are isolated more strictly than by default:
 * of two that write to one run at the same time the second fails, and is run again.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StrictIsolationTest {

  private static final Duration LEASE = ofSeconds(30);
  private static final int THREADS = 4;

  private static HikariDataSource loose;
  private static HikariDataSource repeatableRead;
  private static HikariDataSource serializable;

  @BeforeAll
  static void connect() {
    loose = (HikariDataSource) Databases.POSTGRESQL.dataSource();
    repeatableRead = isolated("repeatable%5C%20read"); // the server wants its space escaped
    serializable = isolated("serializable");
  }

  private static HikariDataSource isolated(String isolation) {
    return Databases.pool(
        loose.getJdbcUrl() + "&options=-c%20default_transaction_isolation=" + isolation);
  }

  @AfterAll
  static void disconnect() {
    repeatableRead.close();
    serializable.close();
  }

  @Nested
  class RepeatableRead extends Strict {
    RepeatableRead() {
      super(repeatableRead);
    }
  }

  @Nested
  class Serializable extends Strict {
    Serializable() {
      super(serializable);
    }
  }

  abstract static class Strict extends StepLogContract {

    private final InMemoryW7s w7s = InMemoryW7s.create();
    private final JdbcStepLog log;
    private final String workflow = "acme/shop/" + UUID.randomUUID();

    Strict(DataSource strict) {
      log = JdbcStepLog.of(strict, w7s.time());
    }

    @Override
    protected StepLog log() {
      return log;
    }

    @Override
    protected void pass(Duration duration) {
      w7s.time().advance(duration);
    }

    private HeldRun started(String instance) {
      var run = new NewRun(new RunId(workflow, instance), RawJson.of("1"), null, null);
      return log.start(run, LEASE).orElseThrow();
    }

    private static StepRecord step(HeldRun run) {
      return new StepRecord(
          0, "a", Kind.RUN, "Integer", State.DONE, 1, RawJson.of("1"), null, run.now(), null);
    }

    @Test
    void whatAnotherTransactionWasInTheWayOfIsWrittenAfterIt() throws Exception {
      var event = new EventRecord("paid", "1", RawJson.of("1"));
      Instant later = w7s.now().plus(LEASE);
      List<Consumer<HeldRun>> writes =
          List.of(
              run -> log.write(run, step(run)),
              run -> log.suspend(run, later, 0, null),
              run -> log.suspendForEvent(run, later, "paid"),
              run -> log.end(run, RunStatus.State.COMPLETE, RawJson.of("1"), null),
              run -> log.continueAs(run, RawJson.of("2"), step(run)),
              run -> log.take(run, step(run), event),
              run -> log.writeProgress(run, new RunProgress("on", OptionalDouble.empty(), later)),
              run -> assertThat(log.renew(run, LEASE)).isTrue(),
              run -> log.giveBack(run),
              run -> log.signal(run.id(), event),
              run -> assertThat(log.administration().requestCancel(run.id(), "late")).isTrue(),
              run -> assertThat(log.administration().terminate(run.id(), "late")).isTrue());
      for (int i = 0; i < writes.size(); i++) {
        HeldRun run = started("r" + i);
        Consumer<HeldRun> write = writes.get(i);
        inTheWay(run, () -> write.accept(run));
      }
    }

    /** Does something while another transaction has changed the row of the run, which commits. */
    private void inTheWay(HeldRun run, Runnable write) throws Exception {
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try (Connection other = loose.getConnection();
          PreparedStatement change =
              other.prepareStatement(
                  "UPDATE w7s_run SET failures = 1 WHERE workflow = ? AND instance = ?")) {
        other.setAutoCommit(false);
        change.setString(1, run.id().workflow());
        change.setString(2, run.id().instance());
        assertThat(change.executeUpdate()).isEqualTo(1);
        Future<?> written = thread.submit(write);
        while (!written.isDone()
            && Sql.number(loose, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
          Thread.onSpinWait();
        }
        other.commit();
        other.setAutoCommit(true);
        written.get();
      } finally {
        thread.shutdownNow();
      }
    }

    @Test
    void ofManyThatTakeRunsNoneIsRefusedAndEachRunIsTakenOnce() throws Exception {
      int runs = 100;
      for (int i = 0; i < runs; i++) {
        HeldRun run = started("r" + i);
        log.suspend(run, run.now(), 0, null);
      }
      Callable<List<RunId>> takes =
          () -> {
            var taken = new ArrayList<RunId>();
            Optional<HeldRun> run = log.takeDue(List.of(workflow), LEASE);
            for (; run.isPresent(); run = log.takeDue(List.of(workflow), LEASE)) {
              taken.add(run.get().id());
            }
            return taken;
          };
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        var taken = new ArrayList<RunId>();
        for (Future<List<RunId>> each : threads.invokeAll(Collections.nCopies(THREADS, takes))) {
          taken.addAll(each.get());
        }
        assertThat(taken).hasSize(runs).doesNotHaveDuplicates();
      } finally {
        threads.shutdownNow();
      }
    }
  }
}

package io.w7s.sdk.store.workflow;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.BranchResults;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.testing.ReplayReport;
import io.w7s.sdk.testing.StepLogs;
import io.w7s.sdk.testing.contract.StepLogContract;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The log of steps on each database. {@code -Dw7s.kills=1000} kills a process in its transactional
 * steps more often than the build does.
 */
class JdbcStepLogTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final int KILLS = Integer.getInteger("w7s.kills", 250);

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }

    @Test
    void aTransactionThatWasInTheWayOfAnotherIsRunAgain() throws Exception {
      var attempts = new AtomicInteger();
      effects();

      int result =
          run(
              (run, steps) ->
                  jdbc.inTransaction(
                      steps,
                      "book",
                      Integer.class,
                      connection -> {
                        insertEffect(connection, run.instanceId());
                        if (attempts.incrementAndGet() == 1) {
                          throw new SQLException("could not serialize access", "40001");
                        }
                        if (attempts.get() == 2) {
                          throw new SQLException("deadlock detected", "40P01");
                        }
                        return attempts.get();
                      }));

      assertThat(result).isEqualTo(3);
      assertThat(Sql.number(dataSource, "SELECT count(*) FROM effects")).isEqualTo(1);
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

  abstract static class Contract extends StepLogContract {

    final InMemoryW7s w7s = InMemoryW7s.create();
    final DataSource dataSource;
    final JdbcStepLog jdbc;
    private final WorkflowRef<Integer, Integer> workflow =
        SHOP.workflow("w" + UUID.randomUUID(), Integer.class, Integer.class);

    Contract(Databases database) {
      dataSource = database.dataSource();
      jdbc = JdbcStepLog.of(dataSource, w7s.time());
    }

    @Override
    protected StepLog log() {
      return jdbc;
    }

    @Override
    protected void pass(Duration duration) {
      w7s.time().advance(duration);
    }

    WorkflowHandle<Integer> start(StepsHandler<Integer, Integer> body) {
      w7s.deploy(W7sApp.builder(SHOP).steps(jdbc).on(workflow, body).build());
      return w7s.as("acme/shop").workflows().start(workflow, 10);
    }

    int run(StepsHandler<Integer, Integer> body) {
      return start(body).await(ofDays(100));
    }

    void effects() throws SQLException {
      Sql.execute(
          dataSource,
          "DROP TABLE IF EXISTS effects",
          "CREATE TABLE effects (instance varchar(200))");
    }

    static int insertEffect(Connection connection, String instance) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO effects (instance) VALUES (?)")) {
        insert.setString(1, instance);
        return insert.executeUpdate();
      }
    }

    @Test
    void aWorkflowWaitsForDaysInTheDatabase() {
      var effects = new ArrayList<String>();

      int result =
          run(
              (run, steps) -> {
                int value =
                    steps.run(
                        "a",
                        Integer.class,
                        () -> {
                          effects.add("a");
                          return run.payload() + 1;
                        });
                steps.sleep("wait", ofDays(30));
                return value + steps.run("b", Integer.class, () -> 100);
              });

      assertThat(result).isEqualTo(111);
      assertThat(effects).containsExactly("a");
    }

    @Test
    void largeValuesAreInBlobsAndTheLogRefersToThem() {
      String large = "x".repeat(70_000);
      RunEvent<String> text = RunEvent.of("text", String.class);
      WorkflowRef<String, String> report =
          SHOP.workflow("b" + UUID.randomUUID(), String.class, String.class);
      var blobs = JdbcBlobStore.builder(dataSource).time(w7s.time()).expiry(ofDays(100)).build();
      w7s.deploy(
          W7sApp.builder(SHOP)
              .steps(jdbc, settings -> settings.blobs(blobs))
              .on(
                  report,
                  (run, steps) -> {
                    if (run.payload().length() == 1) {
                      return steps.continueAs(report, large + "p");
                    }
                    String value = steps.run("large", String.class, () -> large + "v");
                    String event = steps.waitForEvent(text, ofDays(1)).orElse("none");
                    return run.payload() + value + event;
                  })
              .build());

      WorkflowHandle<String> handle = w7s.as("acme/shop").workflows().start(report, "1");
      w7s.advance(ofMinutes(1));
      handle.signal(text, large + "e");

      assertThat(handle.await(ofDays(2))).isEqualTo(large + "p" + large + "v" + large + "e");
      assertThat(jdbc.steps(RunId.of(report, handle.instanceId())))
          .allSatisfy(step -> assertThat(step.value().utf8()).hasSizeLessThan(200));
    }

    @Test
    void stepsSurviveAllKillsAndPairsOfKills() {
      int runs =
          KillMatrix.of(
                  (w7s, log) -> {
                    var ref = SHOP.workflow("w" + UUID.randomUUID(), Integer.class, Integer.class);
                    var effects = new ArrayList<Integer>();
                    w7s.deploy(
                        W7sApp.builder(SHOP)
                            .steps(log)
                            .on(
                                ref,
                                (run, steps) -> {
                                  int sum = 0;
                                  for (int i = 0; i < 2; i++) {
                                    int number = i;
                                    sum +=
                                        steps.run(
                                            "step " + i,
                                            Integer.class,
                                            () -> {
                                              effects.add(number);
                                              return effects.size();
                                            });
                                  }
                                  return sum;
                                })
                            .build());
                    var handle = w7s.as("acme/shop").workflows().start(ref, 1);

                    int sum = handle.await(ofMinutes(5));

                    assertThat(effects).contains(0, 1);
                    assertThat(log.steps(new RunId(ref.toString(), handle.instanceId())))
                        .extracting(step -> Integer.parseInt(step.value().text()))
                        .satisfies(
                            values ->
                                assertThat(values.stream().mapToInt(each -> each).sum())
                                    .isEqualTo(sum));
                  })
              .logs(time -> JdbcStepLog.of(dataSource, time))
              .run();

      assertThat(runs).isEqualTo(1 + 8 + 28 + 20);
    }

    @Test
    void aStepInATransactionHasItsEffectOnceWhereverItsProcessIsKilled() throws Exception {
      effects();
      var process = new MortalProcess(dataSource);
      var log = JdbcStepLog.of(process, w7s.time());
      RandomGenerator random = w7s.time().random();
      int times = KILLS;
      w7s.deploy(
          W7sApp.builder(SHOP)
              .steps(log, settings -> settings.maxTakeovers(1_000))
              .on(
                  workflow,
                  (run, steps) -> {
                    for (int i = 0; i < times; i++) {
                      String effect = "e" + i;
                      int place = random.nextInt(6);
                      log.inTransaction(
                          steps,
                          effect,
                          Integer.class,
                          connection -> {
                            if (place == 0) {
                              process.kill(connection);
                            }
                            insertEffect(connection, effect);
                            if (place == 1 || place == 2) {
                              process.kill(connection);
                            }
                            return 1;
                          });
                      if (place == 3 && random.nextInt(times) < 2) {
                        process.kill(null);
                      }
                    }
                    return times;
                  })
              .build());

      var handle = w7s.as("acme/shop").workflows().start(workflow, 1);

      assertThat(handle.await(ofDays(10))).isEqualTo(times);
      assertThat(process.kills).isGreaterThan(times / 2);
      System.out.printf(
          "%s: %d kills in and between transactional steps%n",
          getClass().getSimpleName(), process.kills);
      assertThat(Sql.texts(dataSource, "SELECT instance FROM effects ORDER BY instance"))
          .as("each once after %s kills", process.kills)
          .hasSize(times)
          .doesNotHaveDuplicates();
      assertThat(log.steps(new RunId(workflow.toString(), handle.instanceId()))).hasSize(times);
    }

    @Test
    void aStepWhoseCommitHasNoResponseHasItsEffectOnce() throws Exception {
      effects();
      var silent = new SilentDataSource(dataSource);
      var log = JdbcStepLog.of(silent, w7s.time());
      var bookings = new AtomicInteger();
      w7s.deploy(
          W7sApp.builder(SHOP)
              .steps(log)
              .on(
                  workflow,
                  (run, steps) ->
                      log.inTransaction(
                          steps,
                          "book",
                          Integer.class,
                          connection -> {
                            int booking = bookings.incrementAndGet();
                            insertEffect(connection, "booking " + booking);
                            silent.losesResponse = booking == 1;
                            return booking;
                          }))
              .build());

      var handle = w7s.as("acme/shop").workflows().start(workflow, 1);

      assertThat(handle.await(ofMinutes(5))).isEqualTo(1);
      assertThat(silent.losesResponse).as("it was lost").isFalse();
      assertThat(Sql.texts(dataSource, "SELECT instance FROM effects"))
          .containsExactly("booking 1");
    }

    /** Loses the response to one commit when it is told to. */
    private static final class SilentDataSource extends DelegatingDataSource {

      private boolean losesResponse;

      SilentDataSource(DataSource dataSource) {
        super(dataSource);
      }

      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  Object result;
                  try {
                    result = method.invoke(connection, arguments);
                  } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                  }
                  if (losesResponse && method.getName().equals("commit")) {
                    losesResponse = false;
                    throw new SQLException("the connection is lost", "08006");
                  }
                  return result;
                });
      }
    }

    /** The connections of a process that is killed and started again. */
    private static final class MortalProcess extends DelegatingDataSource {

      private int kills;
      private boolean dead;

      MortalProcess(DataSource dataSource) {
        super(dataSource);
      }

      /** Ends a connection and all that is left of the attempt, which can write nothing more. */
      void kill(Connection connection) throws SQLException {
        kills++;
        dead = true;
        if (connection != null) {
          connection.abort(Runnable::run);
        }
        throw new Killed();
      }

      @Override
      public Connection getConnection() throws SQLException {
        if (dead) {
          dead = false; // the next one is of the process that is started again
          throw new Killed();
        }
        return super.getConnection();
      }
    }

    private static final class Killed extends Error {
      private static final long serialVersionUID = 1L;

      Killed() {
        super("killed", null, false, false);
      }
    }

    @Test
    void aTransactionOfWhoHasLostItsLeaseDoesNotCommit() throws Exception {
      effects();
      var attempts = new AtomicInteger();

      int result =
          run(
              (run, steps) -> {
                int attempt = attempts.incrementAndGet();
                if (attempt == 1) {
                  anotherTakesAndLeaves(run.instanceId());
                }
                return jdbc.inTransaction(
                    steps,
                    "book",
                    Integer.class,
                    connection -> {
                      insertEffect(connection, "by attempt " + attempt);
                      return attempt;
                    });
              });

      assertThat(result).isEqualTo(2);
      assertThat(Sql.texts(dataSource, "SELECT instance FROM effects"))
          .containsExactly("by attempt 2");
    }

    /** As if this process had stood still for longer than its lease. */
    private void anotherTakesAndLeaves(String instance) throws SQLException {
      Sql.execute(dataSource, "UPDATE w7s_run SET due_at = 0 WHERE instance = '" + instance + "'");
      HeldRun taken = jdbc.takeDue(List.of(workflow.toString()), ofSeconds(30)).orElseThrow();
      jdbc.suspend(taken, taken.now(), 0, null);
    }

    @Test
    void branchesOfManyThreadsAreAllWritten() {
      var log = JdbcStepLog.of(dataSource); // with the machine's threads
      var id = new RunId(workflow.toString(), "i1");
      log.start(new NewRun(id, RawJson.of("1"), null, null), Duration.ZERO);
      List<Branch<Integer>> branches =
          IntStream.range(0, 30).mapToObj(i -> Branch.of("b" + i, Integer.class, () -> i)).toList();
      W7sApp app =
          W7sApp.builder(SHOP)
              .steps(log)
              .on(
                  workflow,
                  (run, steps) ->
                      steps.all("all", branches).getAll(branches).stream()
                          .mapToInt(each -> each)
                          .sum())
              .build();

      assertThat(app.runDue()).isEqualTo(1);

      assertThat(log.status(id).orElseThrow().output()).isEqualTo(RawJson.of("435"));
      assertThat(log.steps(id))
          .extracting(StepRecord::name)
          .containsExactlyElementsOf(
              branches.stream().map(branch -> "all/" + branch.name()).toList());
    }

    @Test
    void eventsAndBranchesSurviveAllKills() {
      RunEvent<Integer> item = RunEvent.of("item", Integer.class);
      int runs =
          KillMatrix.of(
                  (w7s, log) -> {
                    var ref = SHOP.workflow("w" + UUID.randomUUID(), Integer.class, Integer.class);
                    Branch<Integer> one = Branch.of("one", Integer.class, () -> 10);
                    Branch<Integer> two = Branch.of("two", Integer.class, () -> 100);
                    w7s.deploy(
                        W7sApp.builder(SHOP)
                            .steps(log)
                            .on(
                                ref,
                                (run, steps) -> {
                                  BranchResults both = steps.all("both", one, two);
                                  steps.status("waiting", 0.5);
                                  int got = steps.waitForEvent(item, ofDays(1)).orElseThrow();
                                  return both.get(one) + both.get(two) + got;
                                })
                            .build());
                    var handle = w7s.as("acme/shop").workflows().start(ref, 1);
                    w7s.advance(ofMinutes(2));
                    handle.signal(item, 1, each -> each.id("a"));
                    handle.signal(item, 2, each -> each.id("a"));

                    assertThat(handle.await(ofDays(2))).isEqualTo(111);
                  })
              .logs(time -> JdbcStepLog.of(dataSource, time))
              .run();

      assertThat(runs).isGreaterThan(150);
    }

    @Test
    void changedCodeIsReplayedAgainstTheRunsOfADatabaseWhichAreNotTouched() throws Exception {
      run((run, steps) -> steps.run("a", Integer.class, () -> 3));
      var before = new StringBuilder();
      WorkflowRuns.of(jdbc, workflow).export(RunQuery.all(), before);

      ReplayReport same = replayed((run, steps) -> steps.run("a", Integer.class, () -> 4));
      ReplayReport renamed = replayed((run, steps) -> steps.run("b", Integer.class, () -> 4));

      assertThat(same.assertNoDifferences().runs()).hasSize(1);
      assertThat(renamed.differences()).hasSize(1);
      var after = new StringBuilder();
      WorkflowRuns.of(jdbc, workflow).export(RunQuery.all(), after);
      assertThat(after.toString()).isEqualTo(before.toString()).contains("\"value\":3");
    }

    private ReplayReport replayed(StepsHandler<Integer, Integer> body) {
      return StepLogs.replay(
          jdbc, RunQuery.all(), log -> W7sApp.builder(SHOP).steps(log).on(workflow, body).build());
    }

    @Test
    void namesThatNotEveryDatabaseKeepsAreRefused() {
      var odd = new NewRun(new RunId("a", "b\u0000"), RawJson.of("1"), null, null);

      assertThatThrownBy(() -> jdbc.start(odd, ofSeconds(30)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("instance id");
    }
  }
}

package io.w7s.sdk.store.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepSettings;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A process stands still at some place of a body for twice its lease, as in a long collection of
 * garbage, and goes on then. Another one takes the run over meanwhile. Whatever each of the two has
 * got from a step is what the log has. {@code -Dw7s.stalledRuns=10000} has as many runs on each
 * database as there always are in memory.
 */
class StalledProcessTest {

  private static final int RUNS_IN_MEMORY = 10_000;
  private static final int RUNS_OF_A_LOG = 100; // one in memory looks at all of its runs
  private static final int RUNS = Integer.getInteger("w7s.stalledRuns", 25);
  private static final int STEPS = 3;

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.w7s.sdk");
  private static Level level;

  @BeforeAll
  static void logNothing() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(level);
  }

  @Test
  void noValueDivergesInMemory() {
    for (int i = 0; i < RUNS_IN_MEMORY / RUNS_OF_A_LOG; i++) {
      new History(i, StepLog::inMemory).check(RUNS_OF_A_LOG);
    }
  }

  @Test
  void noValueDivergesOnPostgresql() {
    new History(0, on(Databases.POSTGRESQL)).check(RUNS);
  }

  @Test
  void noValueDivergesOnSqlite() {
    new History(0, on(Databases.SQLITE)).check(RUNS);
  }

  @Test
  void noValueDivergesOnH2() {
    new History(0, on(Databases.H2)).check(RUNS);
  }

  private static Function<TimeSource, StepLog> on(Databases database) {
    DataSource dataSource = database.dataSource();
    return time -> JdbcStepLog.of(dataSource, time);
  }

  /** What both processes have seen. */
  private static final class History {

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-28T12:00:00Z"), 1);
    private final Random random;
    private final WorkflowRef<Integer, Integer> workflow =
        AppRef.of("acme/shop").workflow("w" + UUID.randomUUID(), Integer.class, Integer.class);
    private final StepLog log;
    private final StepLog ofStalled;
    private final W7sApp other;
    private boolean still;
    private int stalls;
    private Map<String, List<Integer>> seen = new HashMap<>();

    History(long seed, Function<TimeSource, StepLog> logs) {
      random = new Random(seed);
      log = logs.apply(time);
      ofStalled = withoutRenewals(log);
      other =
          W7sApp.builder(AppRef.of("acme/shop"))
              .steps(log)
              .on(workflow, (run, steps) -> body(steps, -1))
              .build();
    }

    /** A process that stands still renews no lease. */
    private StepLog withoutRenewals(StepLog of) {
      return Databases.proxy(
          StepLog.class,
          (proxy, method, args) ->
              method.getName().equals("renew") && still ? true : method.invoke(of, args));
    }

    void check(int runs) {
      int completedByOther = 0;
      for (int i = 0; i < runs; i++) {
        var id = RunId.of(workflow, "r" + i);
        HeldRun held =
            log.start(new NewRun(id, RawJson.of("1"), null, null), StepSettings.DEFAULT_LEASE)
                .orElseThrow();
        log.suspend(held, held.now(), 0, null);
        seen = new HashMap<>();
        int place = random.nextInt(2 * STEPS + 1);
        stalledProcess(place).runDue();

        assertThat(log.status(id).map(RunStatus::state)).contains(RunStatus.State.COMPLETE);
        List<StepRecord> steps = log.steps(id);
        assertThat(steps).hasSize(STEPS);
        for (StepRecord step : steps) {
          assertThat(seen.get(step.name()))
              .as("what was seen of %s of %s", step.name(), id)
              .isNotEmpty()
              .containsOnly(Integer.valueOf(step.value().text()));
        }
        completedByOther += seen.values().stream().anyMatch(each -> each.size() > 1) ? 1 : 0;
      }
      assertThat(stalls).isEqualTo(runs);
      assertThat(completedByOther).isPositive();
    }

    private W7sApp stalledProcess(int place) {
      return W7sApp.builder(AppRef.of("acme/shop"))
          .steps(ofStalled)
          .on(workflow, (run, steps) -> body(steps, place))
          .build();
    }

    /** Stalls within an action at an odd place, and before a step at an even one. */
    private int body(Steps steps, int place) {
      int sum = 0;
      for (int i = 0; i < STEPS; i++) {
        int within = 2 * i + 1;
        stallIf(place == 2 * i);
        int value =
            steps.run(
                "step " + i,
                Integer.class,
                () -> {
                  int mine = random.nextInt(); // another one in each attempt
                  stallIf(place == within);
                  return mine;
                });
        seen.computeIfAbsent("step " + i, name -> new ArrayList<>()).add(value);
        sum += value;
      }
      stallIf(place == 2 * STEPS);
      return sum;
    }

    private void stallIf(boolean here) {
      if (!here) {
        return;
      }
      stalls++;
      still = true;
      time.advance(StepSettings.DEFAULT_LEASE.multipliedBy(2));
      assertThat(other.runDue()).as("the other process takes it").isEqualTo(1);
      still = false;
    }
  }
}

package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.RunStatus.State;
import io.w7s.sdk.step.StepAction;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runners that are closed, and runs that end their processes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowRunnerTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> CHECKOUT =
      SHOP.workflow("checkout", Integer.class, Integer.class);

  private final StepLog log = StepLog.inMemory(TimeSource.system());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final RunId id = RunId.of(CHECKOUT, "r1");

  private static W7sApp app(StepLog log, StepsHandler<Integer, Integer> body) {
    return W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build();
  }

  /** Puts a run into a log that is due now. */
  private static void due(StepLog log, RunId id) {
    HeldRun held =
        log.start(new NewRun(id, RawJson.of("1"), null, null), ofSeconds(30)).orElseThrow();
    log.suspend(held, held.now(), 0, null);
  }

  private WorkflowRunner.Builder runner() {
    return WorkflowRunner.builder(
        app(
            log,
            (run, steps) ->
                steps.run(
                    "a",
                    Integer.class,
                    () -> {
                      begun.countDown();
                      mayEnd.await();
                      return 7;
                    })));
  }

  @Test
  void closeWaitsForABodyThatRuns() throws Exception {
    due(log, id);
    WorkflowRunner runner = runner().start();
    begun.await();
    var closing = new Thread(runner::close);
    closing.start();
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    mayEnd.countDown();
    closing.join();

    assertThat(log.status(id).map(RunStatus::state)).contains(State.COMPLETE);
  }

  @Test
  void closeInterruptsABodyThatTakesLongerAndItsRunIsDueAtOnce() throws Exception {
    due(log, id);
    WorkflowRunner runner = runner().drain(ofMillis(50)).start();
    begun.await();

    runner.close();

    while (log.status(id).map(RunStatus::state).orElseThrow() == State.RUNNING) {
      Thread.onSpinWait(); // until the body has ended, which is not waited for
    }
    assertThat(log.status(id).map(RunStatus::state)).contains(State.WAITING);
    assertThat(log.takeDue(List.of(CHECKOUT.toString()), ofSeconds(30))).isPresent();
  }

  @Test
  void closeEndsAWaitAndTakesNothingAfterwards() {
    WorkflowRunner runner = runner().poll(ofMinutes(10)).start();

    runner.close(); // does not wait for the next look

    due(log, id);
    assertThat(log.status(id).map(RunStatus::state)).contains(State.WAITING);
    assertThatThrownBy(() -> runner().drain(ofSeconds(-1)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aRunThatIsDueAndCannotBeTakenIsNotLookedForWithoutAPause() {
    InMemoryW7s w7s = InMemoryW7s.create();
    var looks = new AtomicInteger();
    var locked =
        new ForwardingStepLog(StepLog.inMemory(w7s.time())) {
          @Override
          public Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
            if (looks.incrementAndGet() > 100) {
              throw new IllegalStateException("asked without a pause");
            }
            return Optional.empty(); // another process has its row locked
          }
        };
    due(locked, id);

    try (WorkflowRunner runner = WorkflowRunner.start(app(locked, (run, steps) -> 1))) {
      w7s.advance(ofSeconds(1));
    }

    assertThat(looks).hasValueBetween(2, 12);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aRunnerGoesOnWhenItGotNoThread(int failing) {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var threads = new Threads(w7s);
    threads.failing = failing;
    var process = new Mortal(memory, threads);
    RunId other = RunId.of(CHECKOUT, "other");
    due(memory, id);
    due(memory, other);

    try (WorkflowRunner runner =
        WorkflowRunner.builder(app(process, (run, steps) -> 1)).concurrency(1).start()) {
      threads.run(process);
      w7s.advance(ofSeconds(1));
      threads.run(process);
    }

    assertThat(threads.asked).isGreaterThan(failing);
    for (RunId run : List.of(id, other)) {
      assertThat(memory.status(run).map(RunStatus::state)).contains(State.COMPLETE);
    }
  }

  @Test
  void aRunWhoseBodyHadNotBegunWhenItsRunnerWasClosedIsDueAtOnce() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var threads = new Threads(w7s);
    due(memory, id);
    W7sApp app = app(new Mortal(memory, threads), (run, steps) -> 1);
    WorkflowRunner runner = WorkflowRunner.builder(app).drain(Duration.ZERO).start();
    w7s.advance(Duration.ZERO);
    threads.tasks.remove().run(); // takes the run, whose body waits for its thread

    runner.close();
    threads.tasks.remove().run();

    assertThat(memory.takeDue(List.of(CHECKOUT.toString()), ofSeconds(30)))
        .hasValueSatisfying(run -> assertThat(run.takeovers()).isZero());
  }

  @Test
  void aLeaseIsRenewedTheNextTimeWhenThereIsNoThreadForIt() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var threads = new Threads(w7s);
    threads.failing = 3; // after that of the look and that of the body
    var process = new Mortal(memory, threads);
    var leaseEnds = new ArrayList<Instant>();
    due(memory, id);
    W7sApp app =
        app(
            process,
            (run, steps) -> {
              w7s.advance(ofSeconds(10));
              w7s.advance(ofSeconds(10));
              threads.tasks.remove().run();
              leaseEnds.add(memory.status(id).orElseThrow().dueAt());
              return 1;
            });

    try (WorkflowRunner runner = WorkflowRunner.builder(app).withoutPoll().start()) {
      threads.run(process);
    }

    assertThat(leaseEnds).containsExactly(InMemoryW7s.DEFAULT_START.plusSeconds(20 + 30));
  }

  @Test
  void aBodyMayCloseItsOwnRunner() throws Exception {
    due(log, id);
    var runner = new WorkflowRunner[1];
    var ended = new CountDownLatch(1);
    W7sApp app =
        app(
            log,
            (run, steps) -> {
              begun.await();
              runner[0].close();
              ended.countDown();
              return 1;
            });
    runner[0] = WorkflowRunner.builder(app).drain(ofMinutes(10)).start();
    begun.countDown();

    ended.await();
  }

  /** Stands for the end of a process. */
  private static final class ProcessDies extends Error {
    private static final long serialVersionUID = 1L;

    ProcessDies() {
      super("killed", null, false, false);
    }
  }

  /** A log whose process dies: an attempt that was killed writes nothing any more. */
  private static final class Mortal extends ForwardingStepLog {

    private final TimeSource time;
    private boolean dead;
    private int taken;

    Mortal(StepLog log) {
      this(log, log.time());
    }

    Mortal(StepLog log, TimeSource time) {
      super(log);
      this.time = time;
    }

    @Override
    public TimeSource time() {
      return time;
    }

    @Override
    public Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
      Optional<HeldRun> held = super.takeDue(workflows, lease);
      taken += held.isPresent() ? 1 : 0;
      return held;
    }

    @Override
    public boolean renew(HeldRun run, Duration lease) {
      requireAlive();
      return super.renew(run, lease);
    }

    @Override
    public Optional<String> write(HeldRun run, StepRecord step) {
      requireAlive();
      return super.write(run, step);
    }

    @Override
    public void giveBack(HeldRun run) {
      requireAlive();
      super.giveBack(run);
    }

    @Override
    public void suspend(HeldRun run, Instant dueAt, int failures, String error) {
      requireAlive();
      super.suspend(run, dueAt, failures, error);
    }

    private void requireAlive() {
      if (dead) {
        throw new ProcessDies();
      }
    }
  }

  @Test
  void aRunThatEndsItsProcessEachTimeFailsAtLastAndSaysSo() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var deaths = new int[1];
    due(memory, id);

    while (memory.status(id).map(RunStatus::state).orElseThrow() != State.FAILED) {
      var process = new Mortal(memory);
      W7sApp app =
          app(
              process,
              (run, steps) -> {
                steps.run("reserve", () -> {});
                return steps.run(
                    "poison",
                    Integer.class,
                    () -> {
                      deaths[0]++;
                      process.dead = true;
                      throw new InterruptedException("killed"); // so that nothing is written
                    });
              });
      app.runDue();
      Thread.interrupted();
      w7s.time().advance(ofSeconds(30));
      assertThat(deaths[0]).isLessThan(20);
    }

    assertThat(deaths[0]).isEqualTo(10);
    assertThat(memory.status(id).orElseThrow().error())
        .isEqualTo(
            "given up: its process ended 10 times in a row without a new step, behind step"
                + " \"reserve\"");
    W7sApp mended =
        app(
            memory,
            (run, steps) -> {
              steps.run("reserve", () -> deaths[0]++);
              return steps.run("poison", Integer.class, () -> 5);
            });
    mended.runs().retry(id);
    mended.runDue();
    assertThat(memory.status(id).map(RunStatus::state)).contains(State.COMPLETE);
    assertThat(deaths[0]).as("reserve is kept").isEqualTo(10);
  }

  /** What the threads of a process have still to do, which ends with it. */
  private static final class Threads implements TimeSource {

    private final InMemoryW7s w7s;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private int asked;
    private int failing;

    Threads(InMemoryW7s w7s) {
      this.w7s = w7s;
    }

    @Override
    public Executor executor() {
      return task -> {
        if (++asked == failing) {
          throw new OutOfMemoryError("unable to create native thread");
        }
        tasks.add(task);
      };
    }

    /** Runs all tasks, or those until the process is dead. */
    void run(Mortal process) {
      w7s.advance(Duration.ZERO);
      while (!tasks.isEmpty() && !process.dead) {
        tasks.remove().run();
        w7s.advance(Duration.ZERO);
      }
    }

    @Override
    public Instant now() {
      return w7s.time().now();
    }

    @Override
    public Duration elapsed() {
      return w7s.time().elapsed();
    }

    @Override
    public void sleep(Duration delay) throws InterruptedException {
      w7s.time().sleep(delay);
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      return w7s.time().after(delay);
    }

    @Override
    public RandomGenerator random() {
      return w7s.time().random();
    }
  }

  @Test
  void aRunThatEndsItsProcessEachTimeTakesNoOtherWithItToItsEnd() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    List<RunId> others =
        IntStream.range(0, 20).mapToObj(i -> RunId.of(CHECKOUT, "other" + i)).toList();
    due(memory, id);
    others.forEach(other -> due(memory, other));
    var most = new TreeMap<Integer, Integer>();
    int processes = 0;

    while (memory.status(id).map(RunStatus::state).orElseThrow() != State.FAILED) {
      var threads = new Threads(w7s);
      var process = new Mortal(memory, threads);
      W7sApp app =
          app(
              process,
              (run, steps) ->
                  steps.run(
                      "work",
                      Integer.class,
                      () -> {
                        if (run.instanceId().equals(id.instance())) {
                          process.dead = true;
                          throw new InterruptedException("killed"); // so that nothing is written
                        }
                        return 1;
                      }));
      try (WorkflowRunner runner = WorkflowRunner.builder(app).drain(Duration.ZERO).start()) {
        threads.run(process);
      }
      Thread.interrupted();
      most.merge(processes++, process.taken, Math::max);
      w7s.advance(ofSeconds(30));
    }

    assertThat(others)
        .allSatisfy(
            other ->
                assertThat(memory.status(other).map(RunStatus::state)).contains(State.COMPLETE));
    assertThat(memory.status(id).orElseThrow().error()).startsWith("given up");
    assertThat(most.headMap(2).values()).as("taken by each process").containsOnly(10);
    assertThat(processes).as("ten that died, and the one that gave it up").isEqualTo(11);
  }

  @Test
  void aSuspectDoesNotBeginBesideOthersAndIsFreeForAnotherProcess() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var threads = new Threads(w7s);
    var begun = new ArrayList<String>();
    memory.start(new NewRun(id, RawJson.of("1"), null, null), ofSeconds(30));
    w7s.advance(ofSeconds(30));
    memory.takeDue(List.of(CHECKOUT.toString()), ofSeconds(1)); // so it has been left once
    RunId other = RunId.of(CHECKOUT, "other");
    due(memory, other);
    var process = new Mortal(memory, threads);
    W7sApp app =
        app(
            process,
            (run, steps) -> {
              begun.add(run.instanceId());
              return 1;
            });
    try (WorkflowRunner runner = WorkflowRunner.builder(app).drain(Duration.ZERO).start()) {
      w7s.advance(Duration.ZERO);
      threads.tasks.remove().run(); // takes the other run, whose body waits for its thread
      w7s.advance(ofSeconds(1));
      threads.tasks.removeLast().run(); // looks again
      assertThat(process.taken).isEqualTo(2);
      HeldRun free = memory.takeDue(List.of(CHECKOUT.toString()), ofSeconds(30)).orElseThrow();
      assertThat(free.id()).isEqualTo(id);
      assertThat(free.takeovers()).isEqualTo(2);
      memory.giveBack(free);

      threads.run(process);
    }

    assertThat(begun).containsExactly("other", "r1");
    assertThat(memory.status(id).map(RunStatus::state)).contains(State.COMPLETE);
  }

  @Test
  void aCancelledRunGoesOnWithTheCompensationThatEndedItsProcess() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    var happened = new ArrayList<String>();
    due(memory, id);
    app(memory, (run, steps) -> undone(steps, happened, () -> {})).runDue();
    W7sApp mended = app(memory, (run, steps) -> undone(steps, happened, () -> {}));
    mended.runs().cancel(id, "no longer wanted");

    while (!memory.status(id).orElseThrow().state().ended()) {
      var process = new Mortal(memory);
      StepAction poison =
          () -> {
            process.dead = true;
            throw new InterruptedException("killed");
          };
      app(process, (run, steps) -> undone(steps, happened, poison)).runDue();
      Thread.interrupted();
      w7s.time().advance(ofSeconds(30));
    }

    assertThat(memory.status(id).orElseThrow())
        .satisfies(
            status -> {
              assertThat(status.state()).isEqualTo(State.CANCELLED);
              assertThat(status.error()).startsWith("given up: ").endsWith("in its compensations");
            });
    happened.removeIf("second"::equals);
    mended.runs().retry(id);
    mended.runDue();
    assertThat(happened).containsExactly("third", "second", "first");
    assertThat(memory.status(id).orElseThrow())
        .satisfies(
            status -> {
              assertThat(status.state()).isEqualTo(State.CANCELLED);
              assertThat(status.error()).isEqualTo("no longer wanted");
            });
  }

  private static int undone(Steps steps, List<String> happened, StepAction second) {
    steps.compensate("first", () -> happened.add("first"));
    steps.compensate(
        "second",
        () -> {
          happened.add("second");
          second.run();
        });
    steps.compensate("third", () -> happened.add("third"));
    steps.sleep("wait", ofDays(9));
    return 1;
  }

  @Test
  void aProcessThatDiesNowAndThenDoesNotFailARunThatGetsOn() {
    InMemoryW7s w7s = InMemoryW7s.create();
    StepLog memory = StepLog.inMemory(w7s.time());
    due(memory, id);
    int steps = 30;

    for (int i = 0; i <= steps; i++) {
      var process = new Mortal(memory);
      int dieAt = i;
      app(
              process,
              (run, each) -> {
                for (int n = 0; n < steps; n++) {
                  int number = n;
                  each.run(
                      "step " + n,
                      () -> {
                        if (number == dieAt) {
                          process.dead = true;
                          throw new InterruptedException("killed");
                        }
                      });
                }
                return steps;
              })
          .runDue();
      Thread.interrupted();
      w7s.time().advance(ofSeconds(30));
    }

    assertThat(memory.status(id).map(RunStatus::state)).contains(State.COMPLETE);
  }
}

package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.BranchResults;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepInterruptedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps that run side by side. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkflowBranchesTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, Integer> SHIP =
      SHOP.workflow("ship", Integer.class, Integer.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final List<String> happened = Collections.synchronizedList(new ArrayList<>());

  private static W7sApp app(StepLog log, StepsHandler<Integer, Integer> body) {
    return W7sApp.builder(SHOP).steps(log).on(SHIP, body).build();
  }

  private WorkflowHandle<Integer> start(StepsHandler<Integer, Integer> body) {
    return start(log, body);
  }

  private WorkflowHandle<Integer> start(StepLog log, StepsHandler<Integer, Integer> body) {
    w7s.deploy(app(log, body));
    return w7s.as("acme/shop").workflows().start(SHIP, 3);
  }

  private static RunId id(WorkflowHandle<?> handle) {
    return new RunId(SHIP.toString(), handle.instanceId());
  }

  private Branch<Integer> branch(String name, int value) {
    return Branch.of(
        name,
        Integer.class,
        () -> {
          happened.add(name);
          return value;
        });
  }

  private static Branch<Integer> failing(String name, int times, AtomicInteger calls) {
    return Branch.of(
        name,
        Integer.class,
        () -> {
          if (calls.incrementAndGet() <= times) {
            throw Retry.after(ofMinutes(10));
          }
          return calls.get();
        });
  }

  @Test
  void branchesHaveTheirResultsAndPlacesInTheLogByTheirOrder() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              Branch<Integer> one = branch("one", 1);
              Branch<String> two = Branch.of("two", String.class, () -> "2");
              BranchResults results = steps.all("both", one, two, Branch.of("three", () -> {}));
              steps.sleep("wait", ofDays(1));
              assertThat(steps.all("none").toString()).isEqualTo("BranchResults[]");
              assertThatThrownBy(() -> results.get(branch("one", 1)))
                  .isInstanceOf(InvalidInputException.class);
              return results.get(one) + Integer.parseInt(results.get(two));
            });

    assertThat(handle.await(ofDays(2))).isEqualTo(3);
    assertThat(happened).containsExactly("one");
    assertThat(log.steps(id(handle)))
        .extracting(StepRecord::position, StepRecord::name, each -> each.kind().name())
        .containsExactly(
            tuple(0, "both/one", "BRANCH"),
            tuple(1, "both/two", "BRANCH"),
            tuple(2, "both/three", "BRANCH"),
            tuple(3, "wait", "SLEEP"));
  }

  @Test
  void aBranchThatIsTriedAgainWaitsAloneAndTheOthersDoNotRunAgain() {
    var calls = new AtomicInteger();
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              Branch<Integer> flaky = failing("flaky", 2, calls);
              Branch<Integer> fine = branch("fine", 10);
              BranchResults results = steps.all("both", flaky, fine);
              return results.getAll(List.of(flaky, fine)).stream().mapToInt(each -> each).sum();
            });

    assertThat(handle.await(ofDays(1))).isEqualTo(13);
    assertThat(happened).containsExactly("fine");
    assertThat(w7s.now()).isAfter("2026-01-01T00:20:00Z");
  }

  @Test
  void theRunIsDueWhenTheFirstOfItsBranchesIs() {
    var due = new ArrayList<Instant>();
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              due.add(w7s.now());
              steps.all("both", retriedAfter("late", 50), retriedAfter("early", 20));
              return 1;
            });
    handle.await(ofDays(1));

    assertThat(due)
        .extracting(each -> Duration.between(InMemoryW7s.DEFAULT_START, each).toMinutes())
        .containsExactly(0L, 20L, 50L);
  }

  private Branch<Integer> retriedAfter(String name, int minutes) {
    return Branch.of(
        name,
        Integer.class,
        () -> {
          happened.add(name);
          if (happened.stream().filter(name::equals).count() == 1) {
            throw Retry.after(ofMinutes(minutes));
          }
          return 1;
        });
  }

  @Test
  void aBranchThatFailsLetsTheOthersEndAndIsThrownInTheSameWayEachTime() {
    var calls = new AtomicInteger();
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              try {
                steps.all(
                    "three",
                    failing("slow", 1, calls),
                    refused("first"),
                    branch("fine", 1),
                    refused("second"));
              } catch (StepFailedException failed) {
                happened.add("caught " + failed.step());
                assertThat(failed.getSuppressed()).hasSize(1);
                assertThat(failed.getSuppressed()[0]).hasMessageContaining("three/second");
              }
              steps.sleep("wait", ofSeconds(1));
              return calls.get();
            });

    assertThat(handle.await(ofDays(1))).isEqualTo(2);
    assertThat(happened).containsExactly("fine", "caught three/first", "caught three/first");
  }

  private static Branch<Integer> refused(String name) {
    return Branch.of(
        name,
        Integer.class,
        options -> options.retry(RetryPolicy.none()),
        () -> {
          throw new IllegalStateException("refused");
        });
  }

  @Test
  void aBranchMayRejectTheRunWhichIsCompensatedThen() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              steps.compensate("undo", () -> happened.add("undo"));
              steps.all(
                  "both",
                  refused("failed"),
                  Branch.of(
                      "rejecting",
                      () -> {
                        throw Reject.permanently("out of stock");
                      }),
                  branch("fine", 1));
              return 1;
            });

    assertThatThrownBy(() -> handle.await(ofMinutes(1)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("out of stock");
    assertThat(happened).containsExactly("fine", "undo");
  }

  @Test
  void branchesThatAreDoneAreUndoneWithTheirResultsWhenAnotherOneFails() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              steps.compensate("before", () -> happened.add("before"));
              steps.all(
                  "all",
                  branch("one", 1).compensate("undo one", one -> happened.add("undo one " + one)),
                  refused("failed").compensate("undo failed", none -> happened.add("undo failed")),
                  branch("two", 2).compensate("undo two", two -> happened.add("undo two " + two)),
                  Branch.of("none", () -> {})
                      .compensate(
                          "undo none",
                          options -> options.retry(RetryPolicy.none()),
                          none -> {
                            throw new IllegalStateException("broken");
                          }));
              steps.compensate("behind", () -> happened.add("behind"));
              return 1;
            });
    w7s.advance(ofMinutes(5));

    assertThat(log.status(id(handle)).orElseThrow().error())
        .contains("step \"all/failed\"", "; step \"undo none\"", "broken");
    assertThat(happened).containsExactly("one", "two", "undo two 2", "undo one 1", "before");
  }

  @Test
  void aGroupThatIsDoneIsUndoneWhenALaterStepFails() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              steps.all("all", branch("one", 1).compensate("undo", one -> happened.add("undo")));
              steps.sleep("wait", ofDays(1));
              throw Reject.permanently("too late");
            });
    w7s.advance(ofDays(2));

    assertThat(log.status(id(handle)).orElseThrow().error()).isEqualTo("too late");
    assertThat(happened).containsExactly("one", "undo");
  }

  @Test
  void aBranchThatIsDoneIsUndoneWhenTheRunIsCancelledBeforeTheOtherOneIs() {
    int times =
        KillMatrix.of(
                (w7s, log) -> {
                  var undone = new ArrayList<Integer>();
                  W7sApp app =
                      app(
                          log,
                          (run, steps) -> {
                            Branch<Integer> late =
                                Branch.of(
                                    "late",
                                    Integer.class,
                                    () -> {
                                      throw Retry.after(ofDays(9));
                                    });
                            Branch<Integer> done = Branch.of("done", Integer.class, () -> 5);
                            return all(steps, "all", late, done.compensate("undo", undone::add));
                          });
                  w7s.deploy(app);
                  var handle = w7s.as("acme/shop").workflows().start(SHIP, 1);
                  w7s.advance(ofDays(1));

                  app.runs().cancel(id(handle), "no longer wanted");
                  w7s.advance(ofDays(1));

                  assertThat(undone).isNotEmpty().containsOnly(5);
                  assertThat(log.status(id(handle)).orElseThrow().state())
                      .isEqualTo(RunStatus.State.CANCELLED);
                })
            .run();
    assertThat(times).isGreaterThan(50);
  }

  @Test
  void namesAndNestingAreChecked() {
    WorkflowHandle<Integer> handle =
        start(
            (run, steps) -> {
              assertThatThrownBy(() -> steps.all("twins", branch("a", 1), branch("a", 2)))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("twins/a");
              assertThatThrownBy(
                      () -> steps.all("undo", branch("b", 1).compensate("undo", b -> {})))
                  .hasMessageContaining("\"undo\" for the second time");
              return 1;
            });
    assertThat(handle.await(ofMinutes(5))).isEqualTo(1);
    assertThat(happened).as("nothing ran").isEmpty();

    WorkflowHandle<Integer> nested =
        start(
            (run, steps) -> {
              assertThatThrownBy(
                      () ->
                          steps.all(
                              "outer",
                              Branch.of(
                                  "inner",
                                  options -> options.retry(RetryPolicy.none()),
                                  () -> steps.run("nested", () -> {}))))
                  .isInstanceOf(StepFailedException.class)
                  .hasMessageContaining("steps do not nest");
              return 2;
            });
    assertThat(nested.await(ofMinutes(5))).isEqualTo(2);
  }

  /**
   * A body as it became, of which the last step of a group was in the log and the first was not.
   */
  record Change(String what, StepsHandler<Integer, Integer> then, String says) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Change> changes() {
    Branch<Integer> one = Branch.of("one", Integer.class, () -> 1);
    Branch<Integer> two = Branch.of("two", Integer.class, () -> 2);
    return Stream.of(
        new Change(
            "reordered", (run, steps) -> all(steps, "both", two, one), "BRANCH \"both/two\""),
        new Change("renamed", (run, steps) -> all(steps, "pair", one, two), "\"pair/two\""),
        new Change("removed", (run, steps) -> all(steps, "both", two), "asks for BRANCH"),
        new Change(
            "a step in the place of the gap",
            (run, steps) -> steps.run("one", Integer.class, () -> 1),
            "asks for RUN \"one\""),
        new Change("all removed", (run, steps) -> 1, "asks for the end of the body"),
        new Change(
            "retyped",
            (run, steps) -> all(steps, "both", one, Branch.of("two", String.class, () -> "")),
            "of type String"));
  }

  private static int all(Steps steps, String name, Branch<?>... branches) {
    steps.all(name, branches);
    return 1;
  }

  @ParameterizedTest
  @MethodSource("changes")
  void codeThatWasChangedWhileAGroupWasUnderWayStopsTheRun(Change change) {
    var left = new AtomicInteger(1);
    var dying =
        new ForwardingStepLog(log) {
          @Override
          public Optional<String> write(HeldRun run, StepRecord step) {
            if (step.name().equals("both/one") && left.getAndDecrement() > 0) {
              throw new IllegalStateException("the connection is gone");
            }
            return super.write(run, step);
          }
        };
    WorkflowHandle<Integer> handle =
        start(dying, (run, steps) -> all(steps, "both", branch("one", 1), branch("two", 2)));
    w7s.advance(ofSeconds(1));
    assertThat(log.steps(id(handle))).extracting(StepRecord::name).containsExactly("both/two");

    w7s.deploy(app(log, change.then()));
    w7s.advance(ofMinutes(2));

    RunStatus status = log.status(id(handle)).orElseThrow();
    assertThat(status.state()).isEqualTo(RunStatus.State.WAITING);
    assertThat(status.error()).contains("steps.version(", change.says());
    w7s.deploy(app(log, (run, steps) -> all(steps, "both", branch("one", 1), branch("two", 2))));
    assertThat(handle.await(ofMinutes(20))).isEqualTo(1);
    assertThat(happened).containsExactly("one", "two", "one");
  }

  @Test
  void aRunIsCancelledThatHasLostTheFirstOfItsBranchesInACrash() {
    var left = new AtomicInteger(1);
    var dying =
        new ForwardingStepLog(log) {
          @Override
          public Optional<String> write(HeldRun run, StepRecord step) {
            if (step.name().equals("both/one") && left.getAndDecrement() > 0) {
              throw new IllegalStateException("the connection is gone");
            }
            if (step.name().equals("release") && left.getAndDecrement() > -1) {
              throw new IllegalStateException("the connection is gone once more");
            }
            return super.write(run, step);
          }
        };
    StepsHandler<Integer, Integer> body =
        (run, steps) -> {
          steps.compensate("release", () -> happened.add("release"));
          return all(steps, "both", branch("one", 1), branch("two", 2));
        };
    W7sApp app = app(dying, body);
    w7s.deploy(app);
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(SHIP, 3);
    w7s.advance(ofSeconds(1));
    assertThat(log.steps(id(handle))).extracting(StepRecord::name).containsExactly("both/two");

    app.runs().cancel(id(handle), "no longer wanted");
    w7s.advance(ofMinutes(5));

    assertThat(log.status(id(handle)).orElseThrow().state()).isEqualTo(RunStatus.State.CANCELLED);
    assertThat(happened).containsExactly("one", "two", "release", "release");
  }

  @Test
  void aDoneBranchIsUndoneWhenTheRunIsCancelledBeforeTheNextBegins() {
    var left = new AtomicInteger(1);
    var dying =
        new ForwardingStepLog(log) {
          @Override
          public Optional<String> write(HeldRun run, StepRecord step) {
            if (step.name().equals("both/two") && left.getAndDecrement() > 0) {
              throw new IllegalStateException("the connection is gone");
            }
            return super.write(run, step);
          }
        };
    W7sApp app =
        app(
            dying,
            (run, steps) ->
                all(
                    steps,
                    "both",
                    branch("one", 1)
                        .compensate("undo one", result -> happened.add("undo " + result)),
                    branch("two", 2)));
    w7s.deploy(app);
    WorkflowHandle<Integer> handle = w7s.as("acme/shop").workflows().start(SHIP, 3);
    w7s.advance(ofSeconds(1));
    assertThat(log.steps(id(handle))).extracting(StepRecord::name).containsExactly("both/one");

    app.runs().cancel(id(handle), "no longer wanted");
    w7s.advance(ofMinutes(5));

    assertThat(log.status(id(handle)).orElseThrow().state()).isEqualTo(RunStatus.State.CANCELLED);
    assertThat(happened).containsExactly("one", "two", "undo 1");
  }

  @Test
  void aBranchThatInterruptsItsThreadDoesNotMatterToTheOthers() {
    WorkflowHandle<Integer> handle =
        start(
            log,
            (run, steps) -> {
              steps.sleep("until the runner has it", ofSeconds(1));
              return all(
                  steps,
                  "both",
                  Branch.of(
                      "one",
                      Boolean.class,
                      () -> {
                        Thread.currentThread().interrupt();
                        return happened.add("one");
                      }),
                  Branch.of(
                      "two",
                      Boolean.class,
                      options -> options.retry(RetryPolicy.none()),
                      () -> {
                        if (Thread.interrupted()) {
                          throw new InterruptedException();
                        }
                        return happened.add("two");
                      }));
            });

    assertThat(handle.await(ofMinutes(5))).isEqualTo(1);
    assertThat(happened).containsExactly("one", "two");
  }

  @Test
  void aBranchAtMostOnceIsNotRunAgainAfterAKill() {
    var left = new AtomicInteger(1);
    var dying =
        new ForwardingStepLog(log) {
          @Override
          public Optional<String> write(HeldRun run, StepRecord step) {
            if (step.state() == StepRecord.State.DONE && left.getAndDecrement() > 0) {
              throw new IllegalStateException("the connection is gone");
            }
            return super.write(run, step);
          }
        };
    WorkflowHandle<Integer> handle =
        start(
            dying,
            (run, steps) -> {
              try {
                steps.all(
                    "both",
                    Branch.of("once", options -> options.atMostOnce(), () -> happened.add("once")),
                    branch("other", 1));
              } catch (StepInterruptedException interrupted) {
                happened.add("interrupted " + interrupted.step());
              }
              return 1;
            });

    assertThat(handle.await(ofMinutes(5))).isEqualTo(1);
    assertThat(happened).containsExactly("once", "other", "interrupted both/once");
  }

  @Test
  void branchesSurviveAllKillsAndAllPairsOfKills() {
    int runs =
        KillMatrix.of(
                (w7s, log) -> {
                  var effects = new ArrayList<String>();
                  var tries = new AtomicInteger();
                  w7s.deploy(
                      app(
                          log,
                          (run, steps) -> {
                            var branches = new ArrayList<Branch<Integer>>();
                            for (int i = 0; i < 3; i++) {
                              int number = i;
                              branches.add(
                                  Branch.of(
                                      "b" + i,
                                      Integer.class,
                                      () -> {
                                        effects.add("b" + number);
                                        if (number == 1 && tries.incrementAndGet() == 1) {
                                          throw Retry.after(ofMinutes(1));
                                        }
                                        return effects.size();
                                      }));
                            }
                            int sum =
                                steps.all("all", branches).getAll(branches).stream()
                                    .mapToInt(each -> each)
                                    .sum();
                            return sum + steps.run("last", Integer.class, () -> 1000);
                          }));
                  var handle = w7s.as("acme/shop").workflows().start(SHIP, 1);

                  int result = handle.await(ofDays(1));

                  List<Integer> values =
                      log.steps(id(handle)).stream()
                          .map(step -> Integer.parseInt(step.value().text()))
                          .toList();
                  assertThat(values).hasSize(4);
                  assertThat(result).isEqualTo(values.stream().mapToInt(each -> each).sum());
                  assertThat(new LinkedHashSet<>(effects)).contains("b0", "b1", "b2");
                })
            .run();

    assertThat(runs).isGreaterThan(100);
  }

  // ---- With threads

  /** The machine's time, with threads of a test. */
  private record TimeOf(Executor executor) implements TimeSource {

    private static final TimeSource SYSTEM = TimeSource.system();

    @Override
    public Instant now() {
      return SYSTEM.now();
    }

    @Override
    public Duration elapsed() {
      return SYSTEM.elapsed();
    }

    @Override
    public void sleep(Duration delay) throws InterruptedException {
      SYSTEM.sleep(delay);
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      return SYSTEM.after(delay);
    }

    @Override
    public RandomGenerator random() {
      return SYSTEM.random();
    }
  }

  private static final RunId RUN = new RunId(SHIP.toString(), "i1");

  /** Runs a body on this thread as far as it gets, with branches on an executor. */
  private static RunStatus run(StepLog log, StepsHandler<Integer, Integer> body) {
    log.start(new NewRun(RUN, RawJson.of("1"), null, null), Duration.ZERO);
    app(log, body).runDue();
    return log.status(RUN).orElseThrow();
  }

  private static List<Branch<Integer>> branches(int count, IntAction action) {
    return IntStream.range(0, count)
        .mapToObj(i -> Branch.of("b" + i, Integer.class, () -> action.run(i)))
        .toList();
  }

  private interface IntAction {
    int run(int number) throws Exception;
  }

  private static int sum(Steps steps, List<Branch<Integer>> branches) {
    return steps.all("all", branches).getAll(branches).stream().mapToInt(each -> each).sum();
  }

  @Test
  void sixteenBranchesRunAtTheSameTimeAndNoMore() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      var meeting = new CyclicBarrier(Steps.MAX_AT_ONCE);
      var running = new Semaphore(Steps.MAX_AT_ONCE);
      RunStatus status =
          run(
              StepLog.inMemory(new TimeOf(threads)),
              (run, steps) ->
                  sum(
                      steps,
                      branches(
                          2 * Steps.MAX_AT_ONCE,
                          i -> {
                            assertThat(running.tryAcquire()).isTrue();
                            meeting.await(20, TimeUnit.SECONDS);
                            running.release();
                            return i;
                          })));

      assertThat(status.state())
          .as(String.valueOf(status.error()))
          .isEqualTo(RunStatus.State.COMPLETE);
      assertThat(status.output()).isEqualTo(RawJson.of("496"));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void withoutAThreadOfTheExecutorTheBodyRunsTheBranchesItself() {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    RunStatus status =
        run(
            StepLog.inMemory(
                new TimeOf(
                    task -> {
                      throw new RejectedExecutionException("none left");
                    })),
            (run, steps) ->
                sum(
                    steps,
                    branches(
                        5,
                        i -> {
                          used.add(Thread.currentThread());
                          return i;
                        })));

    assertThat(status.output()).isEqualTo(RawJson.of("10"));
    assertThat(used).containsExactly(Thread.currentThread());
  }

  @Test
  void aThreadThatIsInterruptedInterruptsTheBranchesAndLeavesTheRun() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      StepLog memory = StepLog.inMemory(new TimeOf(threads));
      var begun = new CountDownLatch(3);
      var interrupted = new AtomicInteger();
      var body =
          new Thread(
              () ->
                  run(
                      memory,
                      (run, steps) ->
                          sum(
                              steps,
                              branches(
                                  3,
                                  i -> {
                                    begun.countDown();
                                    try {
                                      new CountDownLatch(1).await();
                                    } catch (InterruptedException stop) {
                                      interrupted.incrementAndGet();
                                      throw stop;
                                    }
                                    return i;
                                  }))));
      body.start();
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      body.interrupt();

      body.join();
      assertThat(interrupted).hasValue(3);
      assertThat(memory.steps(RUN)).isEmpty();
      assertThat(memory.untilDue(List.of(SHIP.toString()))).contains(Duration.ZERO);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void branchesWhoseLeaseIsLostGiveTheirValuesToNobody() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      StepLog memory = StepLog.inMemory(new TimeOf(threads));
      var taking =
          new ForwardingStepLog(memory) {
            private boolean taken;

            @Override
            public synchronized Optional<String> write(HeldRun run, StepRecord step) {
              if (!taken) {
                taken = true;
                memory.suspend(run, run.now(), 0, null); // another process has it now
              }
              return super.write(run, step);
            }
          };
      var seen = new ArrayList<Integer>();
      var calls = new AtomicInteger();
      RunStatus status =
          run(
              taking,
              (run, steps) -> {
                try {
                  seen.add(sum(steps, branches(4, i -> calls.incrementAndGet())));
                } catch (LeaseLostException lost) {
                  seen.add(-1);
                  throw lost;
                }
                return seen.get(seen.size() - 1);
              });

      assertThat(seen).containsExactly(-1, 5 + 6 + 7 + 8);
      assertThat(status.output()).isEqualTo(RawJson.of("26"));
    } finally {
      threads.shutdownNow();
    }
  }
}

package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepInterruptedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.RunProgress;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Durable workflows on the platform in memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DurableWorkflowTest {

  /** What a buyer wants. */
  record Cart(String id) {}

  /** What a buyer has paid. */
  record Paid(String cart, int cents) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final WorkflowRef<Cart, Paid> CHECKOUT =
      SHOP.workflow("checkout", Cart.class, Paid.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final List<String> happened = new ArrayList<>();

  private void deploy(StepsHandler<Cart, Paid> body) {
    w7s.deploy(app(log, body));
  }

  private static W7sApp app(StepLog log, StepsHandler<Cart, Paid> body) {
    return W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build();
  }

  private WorkflowHandle<Paid> start() {
    return w7s.as("acme/shop").workflows().start(CHECKOUT, new Cart("c1"));
  }

  private static RunId id(WorkflowHandle<?> handle) {
    return new RunId(CHECKOUT.toString(), handle.instanceId());
  }

  private RunStatus status(WorkflowHandle<?> handle) {
    return log.status(id(handle)).orElseThrow();
  }

  private String done(String what) {
    happened.add(what);
    return what;
  }

  @Test
  void aRunThatWaitsForDaysEndsInNoTimeAndDoesNoStepTwice() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", String.class, () -> done("reserve " + run.payload().id()));
          steps.sleep("time to pay", ofDays(9));
          steps.sleepUntil("a date", Instant.parse("2026-01-20T00:00:00Z"));
          steps.run("charge", () -> done("charge"));
          return new Paid(run.payload().id(), 100);
        });

    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofMinutes(1));
    assertThat(handle.status().state()).isEqualTo(State.WAITING);
    assertThat(handle.statusAsync().join().state()).isEqualTo(State.WAITING);
    assertThat(happened).containsExactly("reserve c1");

    assertThat(handle.await(ofDays(30))).isEqualTo(new Paid("c1", 100));
    assertThat(w7s.now()).isBetween("2026-01-20T00:00:00Z", "2026-01-20T00:00:20Z");
    assertThat(happened).containsExactly("reserve c1", "charge");
    assertThat(handle.status().state()).isEqualTo(State.COMPLETE);
    assertThat(handle.awaitAsync(ofDays(1)).join()).isEqualTo(new Paid("c1", 100));
    assertThat(w7s.as("acme/shop").workflows().handle(CHECKOUT, handle.instanceId()).status())
        .isEqualTo(handle.status());
  }

  @Test
  void aRunThatEndsWithinItsDeliveryLooksAsWithoutSteps() {
    deploy((run, steps) -> new Paid(run.payload().id(), steps.run("a", Integer.class, () -> 7)));

    WorkflowHandle<Paid> handle = start();
    w7s.runUntilIdle();

    assertThat(handle.status().output().orElseThrow().contentType()).isEqualTo("application/json");
    assertThat(handle.await(ofSeconds(1))).isEqualTo(new Paid("c1", 7));
  }

  @Test
  void theFirstRunGetsTheValueThatTheReplayWillGet() {
    var seen = new ArrayList<Object>();
    deploy(
        (run, steps) -> {
          seen.add(
              steps.run("set", new TypeRef<List<Integer>>() {}, () -> new ArrayList<>(List.of(1))));
          seen.add(steps.run("time", Instant.class, w7s::now));
          steps.sleep("wait", ofSeconds(1));
          return new Paid("", 0);
        });

    start();
    w7s.runUntilIdle();

    assertThat(seen).hasSize(4);
    assertThat(seen.get(0)).isEqualTo(seen.get(2)).isNotSameAs(seen.get(2));
    assertThat(seen.get(1)).isEqualTo(seen.get(3));
  }

  @Test
  void aStepThatFailsIsTriedAgainAfterItsWait() {
    var attempts = new ArrayList<Duration>();
    deploy(
        (run, steps) ->
            new Paid(
                "",
                steps.run(
                    "charge",
                    Integer.class,
                    options ->
                        options.retry(
                            RetryPolicy.standard()
                                .backoff(new Backoff(ofDays(1), 2, ofDays(3), 0))),
                    () -> {
                      attempts.add(Duration.between(InMemoryW7s.DEFAULT_START, w7s.now()));
                      if (attempts.size() == 2) {
                        throw Retry.after(ofDays(10));
                      }
                      if (attempts.size() < 3) {
                        throw new IllegalStateException("no");
                      }
                      return 5;
                    })));

    assertThat(start().await(ofDays(30))).isEqualTo(new Paid("", 5));
    assertThat(attempts).containsExactly(ofDays(0), ofDays(1), ofDays(11));
  }

  @Test
  void aStepThatHasFailedForGoodIsCaughtInTheSameWayEachTime() {
    deploy(
        (run, steps) -> {
          try {
            steps.run(
                "charge",
                String.class,
                options -> options.retry(RetryPolicy.none()),
                () -> {
                  throw new IllegalStateException("declined");
                });
          } catch (StepFailedException failed) {
            done(failed.step() + " " + failed.attempts() + " " + failed.getMessage());
          }
          steps.sleep("wait", ofSeconds(1));
          return new Paid("", 0);
        });

    WorkflowHandle<Paid> handle = start();

    assertThat(handle.await(ofMinutes(1))).isEqualTo(new Paid("", 0));
    String message =
        "charge 1 step \"charge\" of "
            + id(handle)
            + " failed after 1 attempt: java.lang.IllegalStateException: declined";
    assertThat(happened).containsExactly(message, message);
  }

  @Test
  void aRunThatIsRejectedIsCompensatedInReverse() {
    deploy(
        (run, steps) -> {
          steps.run("reserve", () -> done("reserve"));
          steps.compensate("release", () -> done("release"));
          steps.run("charge", () -> done("charge"));
          steps.compensate(
              "refund",
              () -> {
                done("refund");
                if (happened.size() < 4) {
                  throw new IllegalStateException("busy");
                }
              });
          steps.sleep("wait", ofDays(1));
          throw Reject.permanently("out of stock");
        });

    WorkflowHandle<Paid> handle = start();

    assertThatThrownBy(() -> handle.await(ofDays(2)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("out of stock");
    assertThatThrownBy(() -> handle.awaitAsync(ofDays(2)).join())
        .hasCauseInstanceOf(WorkflowFailedException.class);
    assertThat(happened).containsExactly("reserve", "charge", "refund", "refund", "release");
    assertThat(handle.status().state()).isEqualTo(State.ERRORED);
    assertThat(handle.status().error()).contains("out of stock");
  }

  @Test
  void aCompensationThatFailsForGoodDoesNotKeepTheOthersFromRunning() {
    deploy(
        (run, steps) -> {
          steps.compensate("first", () -> done("first"));
          steps.compensate(
              "second",
              () -> {
                throw new InvalidInputException("a", "b", "c");
              });
          return new Paid(
              "",
              steps.run(
                  "charge",
                  Integer.class,
                  () -> {
                    throw Reject.permanently("declined");
                  }));
        });

    WorkflowHandle<Paid> handle = start();
    w7s.runUntilIdle();

    assertThat(happened).containsExactly("first");
    assertThat(status(handle).error()).startsWith("declined; step \"second\"");
  }

  @Test
  void aCompensationHasItsOwnRetriesAndTimeout() {
    deploy(
        (run, steps) -> {
          steps.compensate(
              "daily",
              options ->
                  options.retry(
                      RetryPolicy.standard().backoff(new Backoff(ofDays(1), 1, ofDays(1), 0))),
              () -> {
                if (happened.size() < 3) {
                  throw new IllegalStateException(done("busy"));
                }
                done(
                    "undone on day "
                        + Duration.between(InMemoryW7s.DEFAULT_START, w7s.now()).toDays());
              });
          steps.compensate(
              "slow",
              options -> options.retry(RetryPolicy.none()).timeout(ofSeconds(5)),
              () -> {
                done("slow");
                w7s.time().sleep(ofSeconds(20));
              });
          throw Reject.permanently("declined");
        });

    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofDays(5));

    assertThat(happened).containsExactly("slow", "busy", "busy", "undone on day 2");
    assertThat(status(handle).error()).startsWith("declined; step \"slow\"").contains("PT5S");
  }

  @Test
  void anExceptionWhoseMessageCannotBeReadFailsItsStepAsAnyOther() {
    deploy(
        (run, steps) ->
            steps.run(
                "charge",
                Paid.class,
                options -> options.retry(RetryPolicy.none()),
                () -> {
                  throw new IllegalStateException() {
                    @Override
                    public String getMessage() {
                      throw new UnsupportedOperationException();
                    }
                  };
                }));

    WorkflowHandle<Paid> handle = start();
    w7s.runUntilIdle();

    assertThat(status(handle).state()).isEqualTo(RunStatus.State.FAILED);
    assertThat(status(handle).error()).contains("its message cannot be read");
  }

  @Test
  void aBodyThatThrowsOutsideOfItsStepsIsTriedFourTimes() {
    deploy(
        (run, steps) -> {
          steps.run("a", () -> done("a"));
          done("body");
          throw new IllegalArgumentException("broken");
        });

    WorkflowHandle<Paid> handle = start();
    w7s.runUntilIdle();

    assertThat(happened).containsExactly("a", "body", "body", "body", "body");
    assertThat(status(handle).error()).isEqualTo("java.lang.IllegalArgumentException: broken");
    assertThat(status(handle).state()).isEqualTo(RunStatus.State.FAILED);
  }

  @Test
  void aBodyMayAskToRunAgain() {
    deploy(
        (run, steps) -> {
          done("body");
          if (happened.size() == 1) {
            throw Retry.after(ofDays(3));
          }
          return new Paid("", 0);
        });

    assertThat(start().await(ofDays(4))).isEqualTo(new Paid("", 0));
    assertThat(w7s.now()).isAfter("2026-01-04T00:00:00Z");
  }

  /** A body as it was, one as it became, and what the error must say. */
  record Change(String what, StepsHandler<Cart, Paid> then, List<String> says) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Change> changes() {
    return Stream.of(
        new Change(
            "renamed",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              steps.run("zwei", Integer.class, () -> 2);
              steps.sleep("wait", ofDays(1));
              return new Paid("", 0);
            },
            List.of("step 2, \"zwei\"", "log has RUN \"two\"", "asks for RUN \"zwei\"")),
        new Change(
            "removed",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              steps.sleep("wait", ofDays(1));
              return new Paid("", 0);
            },
            List.of("step 2, \"wait\"", "log has RUN \"two\"", "asks for SLEEP \"wait\"")),
        new Change(
            "the last ones removed",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              return new Paid("", 0);
            },
            List.of("step 2, \"two\"", "log has RUN \"two\"", "asks for the end of the body")),
        new Change(
            "inserted",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              steps.run("one and a half", Integer.class, () -> 1);
              steps.run("two", Integer.class, () -> 2);
              steps.sleep("wait", ofDays(1));
              return new Paid("", 0);
            },
            List.of("step 2, \"one and a half\"", "log has RUN \"two\"")),
        new Change(
            "reordered",
            (run, steps) -> {
              steps.run("two", Integer.class, () -> 2);
              steps.run("one", Integer.class, () -> 1);
              steps.sleep("wait", ofDays(1));
              return new Paid("", 0);
            },
            List.of("step 1, \"two\"", "log has RUN \"one\"")),
        new Change(
            "retyped",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              steps.run("two", String.class, () -> "2");
              steps.sleep("wait", ofDays(1));
              return new Paid("", 0);
            },
            List.of("RUN \"two\" of type Integer", "RUN \"two\" of type String")),
        new Change(
            "of another kind",
            (run, steps) -> {
              steps.run("one", Integer.class, () -> 1);
              steps.run("two", Integer.class, () -> 2);
              steps.run("wait", () -> {});
              return new Paid("", 0);
            },
            List.of("log has SLEEP \"wait\"", "asks for RUN \"wait\"")));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void codeThatWasChangedStopsTheRunAndMendedCodeGoesOn(Change change) {
    StepsHandler<Cart, Paid> before =
        (run, steps) -> {
          steps.run("one", Integer.class, () -> 1);
          int two = steps.run("two", Integer.class, () -> 2);
          steps.sleep("wait", ofDays(1));
          return new Paid("", two);
        };
    deploy(before);
    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofMinutes(1));

    deploy(change.then());
    w7s.advance(ofDays(2));

    assertThat(status(handle).state()).isEqualTo(RunStatus.State.WAITING);
    assertThat(status(handle).error())
        .contains(handle.instanceId(), "steps.version(", "a new name")
        .contains(change.says());
    deploy(before);
    assertThat(handle.await(ofMinutes(10))).isEqualTo(new Paid("", 2));
  }

  @Test
  void aTypeOfTheSameNameThatCannotReadItsValueIsAChange() {
    deploy(
        (run, steps) -> {
          record Price(String amount) {}
          steps.run("price", Price.class, () -> new Price("many"));
          steps.sleep("wait", ofDays(1));
          return new Paid("", 0);
        });
    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofMinutes(1));
    deploy(
        (run, steps) -> {
          record Price(int amount) {}
          steps.run("price", Price.class, () -> new Price(1));
          steps.sleep("wait", ofDays(1));
          return new Paid("", 0);
        });
    w7s.advance(ofDays(2));

    assertThat(status(handle).error()).contains("\"price\"", "cannot read it", "$.amount");
  }

  @Test
  void aVersionIsOldForRunsThatAreFurtherAndNewForTheOthers() {
    deploy(
        (run, steps) -> {
          steps.run("one", Integer.class, () -> 1);
          steps.run("two", () -> done("two"));
          steps.sleep("wait", ofDays(1));
          return new Paid("", 1);
        });
    WorkflowHandle<Paid> old = start();
    w7s.advance(ofMinutes(1));

    deploy(
        (run, steps) -> {
          steps.run("one", Integer.class, () -> 1);
          int version = steps.version("both", 1, 2);
          if (version == 1) {
            steps.run("two", () -> done("two"));
          } else {
            steps.run("new two", () -> done("new two"));
          }
          steps.sleep("wait", ofDays(1));
          assertThat(steps.version("both", 1, 2)).isEqualTo(version);
          return new Paid("", version);
        });
    WorkflowHandle<Paid> young = start();

    assertThat(old.await(ofDays(3))).isEqualTo(new Paid("", 1));
    assertThat(young.await(ofDays(3))).isEqualTo(new Paid("", 2));
    assertThat(happened).containsExactly("two", "new two");
  }

  @Test
  void aVersionThatTheCodeNoLongerHasStopsTheRun() {
    deploy(
        (run, steps) -> {
          steps.version("both", 1, 2);
          steps.sleep("wait", ofDays(1));
          return new Paid("", 1);
        });
    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofMinutes(1));
    deploy(
        (run, steps) -> {
          steps.version("both", 3, 4);
          steps.sleep("wait", ofDays(1));
          return new Paid("", 1);
        });
    w7s.advance(ofDays(2));

    assertThat(status(handle).error()).contains("log has version 2", "versions 3 to 4");
  }

  @Test
  void aStepThatRunsAtMostOnceIsNeitherRetriedNorRunAfterAKill() {
    var kill = new AtomicInteger(1);
    StepLog mortal = new DyingLog(log, record -> record.state() == StepRecord.State.DONE, kill);
    w7s.deploy(
        app(
            mortal,
            (run, steps) -> {
              try {
                steps.run(
                    "charge", Integer.class, options -> options.atMostOnce(), () -> charge(1));
              } catch (StepInterruptedException interrupted) {
                done(interrupted.step());
              }
              steps.sleep("wait", ofSeconds(1));
              try {
                steps.run(
                    "refuse",
                    Integer.class,
                    options -> options.atMostOnce(),
                    () -> {
                      done("refuse");
                      throw new IllegalStateException("no");
                    });
              } catch (StepFailedException failed) {
                done("refused");
              }
              return new Paid("", 3);
            }));

    assertThat(start().await(ofDays(1))).isEqualTo(new Paid("", 3));
    assertThat(happened).containsExactly("charged 1", "charge", "charge", "refuse", "refused");
  }

  private int charge(int cents) {
    done("charged " + cents);
    return cents;
  }

  @Test
  void anActionAtMostOnceWhoseResultCannotBeKeptIsInterruptedAndSaysWhy() {
    var reasons = new ArrayList<String>();
    deploy(
        (run, steps) -> {
          reasons.add(interrupted(() -> once(steps, "null", String.class, () -> null)));
          reasons.add(
              interrupted(() -> once(steps, "large", String.class, () -> "x".repeat(70_000))));
          reasons.add(interrupted(() -> once(steps, "odd", Thread.class, Thread::currentThread)));
          steps.sleep("wait", ofSeconds(1));
          return new Paid("", 1);
        });

    WorkflowHandle<Paid> handle = start();

    assertThat(handle.await(ofMinutes(1))).isEqualTo(new Paid("", 1));
    assertThat(happened).containsExactly("null", "large", "odd");
    assertThat(reasons.get(0)).contains("its result could not be kept: ", "use Optional");
    assertThat(reasons.get(1)).contains("its result could not be kept: ", "70002 bytes of JSON");
    assertThat(reasons.get(2)).contains("its result could not be kept: ", "Thread");
    assertThat(reasons.subList(3, 6)).as("from the log").isEqualTo(reasons.subList(0, 3));
  }

  private <T> T once(Steps steps, String name, Class<T> type, Callable<T> action) {
    return steps.run(
        name,
        type,
        options -> options.atMostOnce(),
        () -> {
          done(name);
          return action.call();
        });
  }

  private static String interrupted(ThrowingCallable step) {
    return catchThrowableOfType(StepInterruptedException.class, step).getMessage();
  }

  @Test
  void anActionAtMostOnceInWhichTheLogFailsIsInterrupted() {
    var left = new AtomicInteger(1);
    var failing =
        new ForwardingStepLog(log) {
          @Override
          public void writeProgress(HeldRun run, RunProgress progress) {
            if (left.getAndDecrement() > 0) {
              throw new IllegalStateException("the connection is gone");
            }
            super.writeProgress(run, progress);
          }
        };
    w7s.deploy(
        app(
            failing,
            (run, steps) -> {
              String why =
                  interrupted(
                      () ->
                          once(
                              steps,
                              "charge",
                              String.class,
                              () -> {
                                steps.status("charging");
                                return "charged";
                              }));
              return new Paid(why, 1);
            }));

    assertThat(start().await(ofDays(1)).cart())
        .contains("the log failed while it ran: ", "the connection is gone");
    assertThat(happened).containsExactly("charge");
  }

  /** Fails like a process that dies, before the first write for which a condition holds. */
  private static final class DyingLog extends ForwardingStepLog {

    private final Predicate<StepRecord> when;
    private final AtomicInteger left;

    DyingLog(StepLog log, Predicate<StepRecord> when, AtomicInteger left) {
      super(log);
      this.when = when;
      this.left = left;
    }

    @Override
    public Optional<String> write(HeldRun run, StepRecord step) {
      if (when.test(step) && left.getAndDecrement() > 0) {
        throw new IllegalStateException("the connection is gone");
      }
      return super.write(run, step);
    }
  }

  @Test
  void aLogThatFailsLeavesTheRunToWhoTakesItAfterTheLease() {
    StepLog mortal = new DyingLog(log, record -> true, new AtomicInteger(1));
    w7s.deploy(
        app(
            mortal,
            (run, steps) -> {
              try {
                steps.run("a", () -> done("a"));
              } catch (IllegalStateException gone) {
                done("caught");
                steps.run("b", () -> done("b")); // does not run: the attempt is over
              }
              return new Paid("", 0);
            }));

    assertThat(start().await(ofMinutes(2))).isEqualTo(new Paid("", 0));
    assertThat(happened).containsExactly("a", "caught", "a");
    assertThat(w7s.now()).isBetween("2026-01-01T00:00:30Z", "2026-01-01T00:00:40Z");
  }

  @Test
  void aRunThatAnotherProcessHasTakenGivesItsValueToNobody() {
    var seen = new ArrayList<Integer>();
    var calls = new AtomicInteger();
    var stalled =
        new ForwardingStepLog(log) {
          @Override
          public boolean renew(HeldRun run, Duration lease) {
            return true; // the process stands still, and does not know it
          }
        };
    w7s.deploy(
        app(
            stalled,
            (run, steps) -> {
              try {
                seen.add(
                    steps.run(
                        "a",
                        Integer.class,
                        () -> {
                          if (calls.incrementAndGet() == 1) {
                            w7s.time().sleep(ofMinutes(1));
                            HeldRun taken = takenByAnother();
                            log.suspend(taken, taken.now(), 0, null);
                          }
                          return calls.get();
                        }));
              } catch (LeaseLostException lost) {
                done("lost");
                throw lost;
              }
              return new Paid("", seen.get(0));
            }));

    assertThat(start().await(ofMinutes(5))).isEqualTo(new Paid("", 2));
    assertThat(happened).containsExactly("lost");
    assertThat(seen).containsExactly(2);
  }

  private HeldRun takenByAnother() {
    return log.takeDue(List.of(CHECKOUT.toString()), ofSeconds(30)).orElseThrow();
  }

  @Test
  void aHandlerThatTakesLongerThanItsLeaseKeepsItsRun() {
    deploy(
        (run, steps) -> {
          steps.run(
              "slow",
              () -> {
                w7s.time().sleep(ofMinutes(10));
                assertThat(log.takeDue(List.of(CHECKOUT.toString()), ofSeconds(30))).isEmpty();
                done("slow");
              });
          return new Paid("", 1);
        });

    assertThat(start().await(ofMinutes(20))).isEqualTo(new Paid("", 1));
    assertThat(happened).containsExactly("slow");
  }

  @Test
  void boundsAndNamesAreCheckedBeforeTheWrite() {
    deploy(
        (run, steps) -> {
          for (var action :
              Map.<String, Runnable>of(
                      "empty", () -> steps.run("", () -> {}),
                      "control", () -> steps.run("a\nb", () -> {}),
                      "long", () -> steps.run("x".repeat(201), () -> {}),
                      "reserved", () -> steps.run("w7s:failure", () -> {}))
                  .entrySet()) {
            assertThatThrownBy(action.getValue()::run)
                .as(action.getKey())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("step name");
          }
          steps.run("twice", () -> {});
          assertThatThrownBy(() -> steps.run("twice", () -> {}))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining("for the second time");
          assertThatThrownBy(() -> steps.run("large", String.class, () -> "x".repeat(65_535)))
              .isInstanceOf(StepFailedException.class)
              .hasMessageContaining("value of step \"large\"")
              .hasMessageContaining("65537 bytes of JSON, must be at most 65536")
              .hasMessageContaining("BlobStore");
          assertThat(steps.run("fits", String.class, () -> "x".repeat(65_534))).hasSize(65_534);
          assertThatThrownBy(() -> steps.run("null", String.class, () -> null))
              .isInstanceOf(StepFailedException.class)
              .hasMessageContaining("use Optional");
          assertThat(steps.run("none", new TypeRef<Optional<String>>() {}, () -> Optional.empty()))
              .isEmpty();
          assertThatThrownBy(() -> steps.run("unreadable", Thread.class, Thread::currentThread))
              .isInstanceOf(StepFailedException.class)
              .hasMessageContaining("step \"unreadable\"");
          assertThatThrownBy(
                  () ->
                      steps.run(
                          "outer",
                          options -> options.retry(RetryPolicy.none()),
                          () -> steps.run("inner", () -> {})))
              .isInstanceOf(StepFailedException.class)
              .hasMessageContaining("steps do not nest");
          var elsewhere = new ArrayList<Throwable>();
          var thread =
              new Thread(
                  () -> {
                    try {
                      steps.run("elsewhere", () -> {});
                    } catch (IllegalStateException refused) {
                      elsewhere.add(refused);
                    }
                  });
          thread.start();
          thread.join();
          assertThat(elsewhere).hasSize(1);
          return new Paid("", 1);
        });

    assertThat(start().await(ofMinutes(1))).isEqualTo(new Paid("", 1));
  }

  @Test
  void aRunHasTenThousandStepsAtMost() {
    deploy(
        (run, steps) -> {
          for (int i = 0; i < StepLog.MAX_STEPS; i++) {
            steps.run("step " + i, () -> {});
          }
          assertThatThrownBy(() -> steps.run("one more", () -> done("one more")))
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining("number 10001, must be at most number 10000");
          return new Paid("", 1);
        });

    assertThat(start().await(ofMinutes(1))).isEqualTo(new Paid("", 1));
    assertThat(happened).isEmpty();
  }

  @Test
  void aStepThatTakesTooLongIsInterruptedAndTriedAgain() {
    deploy(
        (run, steps) -> {
          int cents =
              steps.run(
                  "slow",
                  Integer.class,
                  options -> options.timeout(ofSeconds(5)),
                  () -> {
                    done("slow");
                    if (happened.size() == 1) {
                      w7s.time().sleep(ofSeconds(20));
                    }
                    return 4;
                  });
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          return new Paid("", cents);
        });

    WorkflowHandle<Paid> handle = start();

    assertThat(handle.await(ofMinutes(5))).isEqualTo(new Paid("", 4));
    assertThat(happened).containsExactly("slow", "slow");
  }

  @Test
  void aThreadThatIsInterruptedLeavesTheRunToOthersAtOnce() {
    deploy(
        (run, steps) -> {
          steps.run(
              "a",
              options -> options.retry(RetryPolicy.none()),
              () -> {
                done("a");
                if (happened.size() == 1) {
                  throw new InterruptedException("shutting down");
                }
              });
          return new Paid("", 0);
        });

    WorkflowHandle<Paid> handle = start();

    assertThat(handle.await(ofSeconds(1))).isEqualTo(new Paid("", 0));
    assertThat(happened).containsExactly("a", "a");
  }

  @Test
  void anActionOrABodyThatInterruptsItselfHasFailed() {
    deploy(
        (run, steps) -> {
          try {
            steps.run(
                "a",
                () -> {
                  done("a");
                  throw new InterruptedException("nobody did");
                });
          } catch (StepFailedException failed) {
            done("body");
            throw new InterruptedException("nobody did, once more");
          }
          return new Paid("", 0);
        });

    WorkflowHandle<Paid> handle = start();
    w7s.advance(ofDays(1));

    // In the delivery the first one may be the server's.
    assertThat(happened)
        .containsExactly("a", "a", "a", "a", "a", "a", "body", "body", "body", "body");
    assertThat(status(handle).error()).contains("InterruptedException: nobody did, once more");
  }

  @Test
  void callsAndStartsHaveIdsThatAreTheSameForEachAttempt() {
    RpcRef<Cart, Cart> quote = WORKER.post("/quote", Cart.class, Cart.class);
    QueueRef<Cart> jobs = WORKER.queue("jobs", Cart.class);
    SubjectRef<Cart> ordered = SubjectRef.of("orders.ordered", Cart.class);
    WorkflowRef<Cart, String> pack = WORKER.workflow("pack", Cart.class, String.class);
    var keys = new ArrayList<String>();
    W7sApp worker =
        W7sApp.builder(WORKER)
            .on(
                quote,
                request -> {
                  keys.add("call " + request.headers().first("idempotency-key").orElseThrow());
                  return new Cart("quoted");
                })
            .on(jobs, message -> done("job " + message.body().id()))
            .on(ordered, "events", event -> keys.add("event " + event.id()))
            .on(pack, run -> done("pack"))
            .build();
    // Each step's first attempt is lost after its effect, before it is in the log.
    var left = new AtomicInteger(4);
    var seen = new ArrayList<String>();
    StepLog mortal =
        new DyingLog(
            log,
            record ->
                record.state() == StepRecord.State.DONE
                    && seen.add(record.name())
                    && seen.stream().filter(record.name()::equals).count() == 1,
            left);
    W7s shop = w7s.as("acme/shop");
    w7s.deploy(
        worker,
        W7sApp.builder(SHOP)
            .steps(mortal, each -> each.w7s(shop).lease(ofSeconds(2)))
            .publishes(ordered)
            .on(
                CHECKOUT,
                (run, steps) -> {
                  assertThat(steps.call("quote", quote, run.payload()))
                      .isEqualTo(new Cart("quoted"));
                  steps.send("job", jobs, run.payload());
                  steps.publish("ordered", ordered, run.payload());
                  String packing = steps.start("pack", pack, run.payload());
                  return new Paid(packing, 1);
                })
            .build());

    WorkflowHandle<Paid> handle = start();
    Paid paid = handle.await(ofMinutes(10));
    w7s.runUntilIdle();

    assertThat(paid.cart()).startsWith("production-acme-worker-pack-");
    assertThat(left).hasValueLessThan(1);
    assertThat(keys.stream().collect(Collectors.groupingBy(key -> key, Collectors.counting())))
        .as("each twice, with the same id")
        .hasSize(2)
        .containsValues(2L);
    assertThat(happened.stream().filter("pack"::equals)).as("one instance").hasSize(1);
    assertThat(happened.stream().filter("job c1"::equals)).as("messages have no ids").hasSize(2);
  }

  @Test
  void clientsMustBeSetForCalls() {
    RpcRef<Cart, Cart> quote = WORKER.post("/quote", Cart.class, Cart.class);
    deploy((run, steps) -> new Paid(steps.call("quote", quote, run.payload()).id(), 1));
    WorkflowHandle<Paid> handle = start();

    assertThatThrownBy(() -> handle.await(ofMinutes(1)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("each.w7s(w7s)");
  }

  @Test
  void aDurableWorkflowNeedsALog() {
    var builder = W7sApp.builder(SHOP).on(CHECKOUT, (run, steps) -> new Paid("", 0));

    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("log of the workflow acme/shop/checkout");
  }

  @Test
  void reportsAreForRpcAndForRunsThatAreThere() {
    deploy((run, steps) -> new Paid("", 0));
    var reports =
        SHOP.rpc(
            "GET",
            "/_w7s/workflows/checkout/runs/{instance}",
            TypeRef.of(Void.class),
            TypeRef.of(String.class));

    assertThatThrownBy(
            () ->
                w7s.as("acme/shop")
                    .rpc()
                    .call(reports, null, call -> call.variable("instance", "unknown")))
        .hasMessageContaining("404");
  }

  @Test
  void aDueRunIsRunByAScheduleWhereNoRunnerIs() {
    W7sApp app =
        app(
            log,
            (run, steps) -> {
              steps.sleep("wait", ofDays(1));
              done("late");
              return new Paid("", 0);
            });
    w7s.deploy("acme/shop", app.manifest(), app); // no runner: it is a backend of any kind
    start();
    w7s.runUntilIdle();
    w7s.advance(ofDays(2));
    assertThat(happened).isEmpty();

    assertThat(app.runDue()).isEqualTo(1);
    assertThat(app.runDue()).isZero();
    assertThat(happened).containsExactly("late");
  }
}

package io.w7s.sdk.testing;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOrderException;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.ReplayReport.Outcome;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StepLogsTest {

  /** What a buyer has paid, as it was when the runs were recorded. */
  record Paid(int cents) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<Integer, String> CHECKOUT =
      SHOP.workflow("checkout", Integer.class, String.class);
  private static final RunEvent<String> PAYMENT = RunEvent.of("payment", String.class);

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private W7sApp deployed;
  private @TempDir Path folder;

  private WorkflowHandle<String> start(StepsHandler<Integer, String> body) {
    deployed = app(log, body);
    w7s.deploy(deployed);
    WorkflowHandle<String> handle = w7s.as("acme/shop").workflows().start(CHECKOUT, 7);
    w7s.advance(ofMinutes(1));
    return handle;
  }

  private static W7sApp app(StepLog log, StepsHandler<Integer, String> body) {
    return W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build();
  }

  private WorkflowRuns runs() {
    return WorkflowRuns.of(log, CHECKOUT);
  }

  private Path exported() {
    Path file = folder.resolve("runs.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      runs().export(RunQuery.all(), out);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
    return file;
  }

  private ReplayReport replay(StepsHandler<Integer, String> changed) {
    ReplayReport direct = StepLogs.replay(log, RunQuery.all(), each -> app(each, changed));
    ReplayReport report = StepLogs.replay(exported(), each -> app(each, changed));
    assertThat(report.toString()).isEqualTo(direct.toString());
    return report;
  }

  private static String mustNotRun() {
    throw new AssertionError("an action runs");
  }

  private static String twoSteps(Steps steps, String first, String second) {
    return steps.run(first, String.class, () -> first)
        + steps.run(second, String.class, () -> second);
  }

  @Test
  void unchangedCodeGetsTheRecordedValuesAndEndsAsTheRunHas() {
    start((run, steps) -> twoSteps(steps, "a", "b"));
    var seen = new ArrayList<String>();

    ReplayReport report =
        replay(
            (run, steps) -> {
              seen.add(steps.run("a", String.class, StepLogsTest::mustNotRun));
              seen.add(steps.run("b", String.class, StepLogsTest::mustNotRun));
              return "another result";
            });

    assertThat(report.assertNoDifferences().runs())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.outcome()).isEqualTo(Outcome.ENDED);
              assertThat(run.state()).isEqualTo(RunStatus.State.COMPLETE);
              assertThat(run.steps()).isEqualTo(2);
              assertThat(run.lastStep()).contains("b");
            });
    assertThat(seen).containsExactly("a", "b", "a", "b"); // from the log, and from the file
    assertThat(report)
        .hasToString(
            "replayed 1 runs with 2 steps: 1 ended as recorded, 0 came to the end of what was"
                + " recorded, 0 differ");
  }

  static Stream<Map.Entry<String, StepsHandler<Integer, String>>> changes() {
    return Stream.of(
        Map.entry("renamed", (run, steps) -> twoSteps(steps, "a", "c")),
        Map.entry("removed", (run, steps) -> steps.run("a", String.class, () -> "a")),
        Map.entry(
            "inserted",
            (run, steps) -> {
              steps.run("new", StepLogsTest::mustNotRun);
              return twoSteps(steps, "a", "b");
            }),
        Map.entry("moved", (run, steps) -> twoSteps(steps, "b", "a")),
        Map.entry(
            "of another type",
            (run, steps) ->
                steps.run("a", String.class, () -> "a") + steps.run("b", Integer.class, () -> 1)),
        Map.entry(
            "of another kind",
            (run, steps) -> {
              steps.run("a", String.class, () -> "a");
              steps.sleep("b", ofDays(1));
              return "";
            }));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aStepThatWasChangedIsADifference(Map.Entry<String, StepsHandler<Integer, String>> change) {
    WorkflowHandle<String> handle = start((run, steps) -> twoSteps(steps, "a", "b"));

    ReplayReport report = replay(change.getValue());

    assertThat(report.differences())
        .singleElement()
        .satisfies(run -> assertThat(run.cause()).isInstanceOf(StepOrderException.class));
    assertThatThrownBy(report::assertNoDifferences)
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(StepOrderException.class)
        .hasMessageContaining("1 differ")
        .hasMessageContaining(RunId.of(CHECKOUT, handle.instanceId()).toString())
        .hasMessageContaining("its log has RUN \"")
        .hasMessageContaining("the code asks for ")
        .hasMessageContaining("steps.version(...)")
        .hasMessageContaining("give the changed workflow a new name");
  }

  /** A type of the same name that does not read what the other one wrote. */
  static final class Changed {
    record Paid(List<String> cents) {}
  }

  @Test
  void aValueThatItsTypeCannotReadIsADifference() throws IOException {
    start(
        (run, steps) -> String.valueOf(steps.run("pay", Paid.class, () -> new Paid(100)).cents()));
    Path file = exported();
    Files.writeString(
        file,
        Files.readString(file)
            .replace("StepLogsTest.Paid", "StepLogsTest.Changed.Paid")
            .replace("StepLogsTest$Paid", "StepLogsTest$Changed$Paid"));

    ReplayReport report =
        StepLogs.replay(
            file,
            each ->
                app(
                    each,
                    (run, steps) ->
                        steps.run("pay", Changed.Paid.class, () -> new Changed.Paid(List.of()))
                            + ""));

    assertThatThrownBy(report::assertNoDifferences).hasMessageContaining("cannot read it");
  }

  @Test
  void aPayloadThatCannotBeReadIsADifference() throws IOException {
    start((run, steps) -> "done");
    Path file = exported();
    Files.writeString(file, Files.readString(file).replace("\"payload\":7", "\"payload\":[]"));

    ReplayReport report = StepLogs.replay(file, each -> app(each, (run, steps) -> "done"));

    assertThatThrownBy(report::assertNoDifferences).hasMessageContaining("run ");
    assertThat(report.differences()).hasSize(1);
  }

  @Test
  void steps_versionIsAWayOut() {
    start(
        (run, steps) -> {
          steps.sleep("wait", ofDays(9));
          return twoSteps(steps, "a", "b");
        });
    w7s.advance(ofDays(10));

    ReplayReport report =
        replay(
            (run, steps) -> {
              steps.sleep("wait", ofDays(9));
              return steps.version("new order", 1, 2) == 1
                  ? twoSteps(steps, "a", "b")
                  : twoSteps(steps, "b", "a");
            });

    assertThat(report.assertNoDifferences().runs().get(0).outcome()).isEqualTo(Outcome.ENDED);
  }

  @Test
  void codeIsLeftWhereTheRecordingOfARunUnderWayEnds() {
    start(
        (run, steps) -> {
          steps.run("a", String.class, () -> "a");
          steps.sleep("wait", ofDays(9));
          return steps.run("b", String.class, () -> "b");
        });

    ReplayReport report =
        replay(
            (run, steps) -> {
              steps.compensate("undo", StepLogsTest::mustNotRun);
              steps.run("a", String.class, StepLogsTest::mustNotRun);
              steps.sleep("wait", ofDays(9));
              steps.status("is not written");
              return steps.run("other", String.class, StepLogsTest::mustNotRun);
            });

    assertThat(report.assertNoDifferences().runs().get(0).outcome()).isEqualTo(Outcome.OPEN);
    assertThat(report.runs().get(0)).asString().endsWith("(2 steps, the last is \"wait\")");
  }

  @Test
  void everyKindOfStepIsLeftWhereTheRecordingEnds() {
    start(
        (run, steps) -> {
          throw Reject.permanently("first");
        });
    runs().retry(runs().list(RunQuery.all()).get(0).id()); // a log without a step
    List<StepsHandler<Integer, String>> bodies =
        List.of(
            (run, steps) -> steps.run("a", String.class, StepLogsTest::mustNotRun),
            (run, steps) ->
                steps.run("a", String.class, o -> o.atMostOnce(), StepLogsTest::mustNotRun),
            (run, steps) ->
                steps.all("g", Branch.of("a", String.class, StepLogsTest::mustNotRun)).toString(),
            (run, steps) -> steps.waitForEvent(PAYMENT, ofDays(1)).orElse("none"),
            (run, steps) -> {
              steps.sleep("s", ofDays(1));
              return "";
            },
            (run, steps) -> "" + steps.version("v", 1, 2),
            (run, steps) -> steps.continueAs(CHECKOUT, 8),
            (run, steps) -> {
              steps.compensate("undo", StepLogsTest::mustNotRun);
              throw Reject.permanently("now");
            });

    for (StepsHandler<Integer, String> body : bodies) {
      assertThat(replay(body).assertNoDifferences().runs().get(0).outcome())
          .isEqualTo(Outcome.OPEN);
    }
    assertThat(runs().list(RunQuery.all()).get(0).state()).isEqualTo(RunStatus.State.WAITING);
  }

  @Test
  void aRunInAnActionAtMostOnceIsLeftThere() {
    var reports = new ArrayList<ReplayReport>();
    StepsHandler<Integer, String> once =
        (run, steps) ->
            steps.run("charge", String.class, o -> o.atMostOnce(), StepLogsTest::mustNotRun);
    start(
        (run, steps) ->
            steps.run(
                "charge",
                String.class,
                o -> o.atMostOnce(),
                () -> {
                  reports.add(replay(once));
                  return "charged";
                }));

    assertThat(reports.get(0).assertNoDifferences().runs().get(0))
        .satisfies(run -> assertThat(run.state()).isEqualTo(RunStatus.State.RUNNING))
        .asString()
        .endsWith("came to the end of what was recorded (1 steps, the last is \"charge\")");
  }

  private static String group(Steps steps, List<String> names) {
    return steps
        .all(
            "group", names.stream().map(each -> Branch.of(each, String.class, () -> each)).toList())
        .toString();
  }

  @Test
  void branchesHaveTheirValuesAndTheirOrder() {
    start((run, steps) -> group(steps, List.of("a", "b", "c")));

    assertThat(
            replay(
                    (run, steps) -> {
                      Branch<String> a = Branch.of("a", String.class, StepLogsTest::mustNotRun);
                      Branch<String> b = Branch.of("b", String.class, StepLogsTest::mustNotRun);
                      Branch<String> c = Branch.of("c", String.class, StepLogsTest::mustNotRun);
                      return steps.all("group", a, b, c).get(b);
                    })
                .assertNoDifferences()
                .runs()
                .get(0)
                .outcome())
        .isEqualTo(Outcome.ENDED);
    for (List<String> changed :
        List.of(List.of("a", "b"), List.of("a", "c", "b"), List.of("a", "x", "c"))) {
      assertThat(replay((run, steps) -> group(steps, changed)).differences()).hasSize(1);
    }
  }

  @Test
  void aBranchThatHasNoResultYetIsLeftAndTheOthersAreCompared() {
    start(
        (run, steps) -> {
          Branch<String> fails =
              Branch.of(
                  "fails",
                  String.class,
                  () -> {
                    throw Retry.after(ofDays(1));
                  });
          Branch<String> works = Branch.of("works", String.class, () -> "yes");
          return steps.all("group", fails, works).get(works);
        });

    assertThat(replay((run, steps) -> group(steps, List.of("fails", "works"))).runs().get(0))
        .extracting(ReplayReport.Run::outcome)
        .isEqualTo(Outcome.OPEN);
    assertThat(replay((run, steps) -> group(steps, List.of("fails", "renamed"))).differences())
        .hasSize(1);
  }

  @Test
  void eventsAndTimeoutsComeAsTheyDid() {
    StepsHandler<Integer, String> body =
        (run, steps) ->
            steps.waitForEvent("first", PAYMENT, ofDays(1)).orElse("none")
                + steps.waitForEvent("second", PAYMENT, ofDays(1)).orElse("none")
                + steps.waitForEvent("third", PAYMENT, ofDays(1)).orElse("none");
    WorkflowHandle<String> handle = start(body);
    handle.signal(PAYMENT, "paid", signal -> signal.id("p1"));
    w7s.advance(ofDays(1).plusHours(1));

    var seen = new ArrayList<String>();
    ReplayReport report =
        replay(
            (run, steps) -> {
              seen.add(steps.waitForEvent("first", PAYMENT, ofDays(1)).orElse("none"));
              seen.add(steps.waitForEvent("second", PAYMENT, ofDays(1)).orElse("none"));
              seen.add(steps.waitForEvent("third", PAYMENT, ofDays(1)).orElse("none"));
              return "";
            });

    assertThat(report.assertNoDifferences().runs().get(0).outcome()).isEqualTo(Outcome.OPEN);
    assertThat(seen).containsExactly("paid", "none", "paid", "none");
    assertThat(
            replay(
                    (run, steps) ->
                        steps
                            .waitForEvent("first", RunEvent.of("other", String.class), ofDays(1))
                            .orElse(""))
                .differences())
        .hasSize(1);
  }

  @Test
  void aRunThatHasBegunAnewIsReplayedFromThere() {
    StepsHandler<Integer, String> body =
        (run, steps) -> {
          steps.run("month " + run.payload(), () -> {});
          steps.sleep("month", ofDays(30));
          return steps.continueAs(CHECKOUT, run.payload() + 1);
        };
    start(body);
    w7s.advance(ofDays(31));

    assertThat(replay(body).assertNoDifferences().runs().get(0).outcome()).isEqualTo(Outcome.OPEN);
    assertThat(
            replay(
                    (run, steps) -> {
                      steps.run("month 7", StepLogsTest::mustNotRun);
                      return "";
                    })
                .differences())
        .hasSize(1);
  }

  private static StepsHandler<Integer, String> failing(String... compensations) {
    return (run, steps) -> {
      for (String each : compensations) {
        steps.compensate(each, () -> {});
      }
      return steps.run(
          "charge",
          String.class,
          () -> {
            throw Reject.permanently("no money");
          });
    };
  }

  @Test
  void compensationsOfAFailedRunAreCompared() {
    start(failing("one", "two"));

    assertThat(replay(failing("one", "two")).assertNoDifferences().runs().get(0))
        .satisfies(
            run -> {
              assertThat(run.outcome()).isEqualTo(Outcome.ENDED);
              assertThat(run.state()).isEqualTo(RunStatus.State.FAILED);
            });
    assertThat(replay(failing("one", "renamed")).differences()).hasSize(1);
    assertThat(replay(failing("two")).differences()).as("one was removed").hasSize(1);
    assertThat(replay(failing("zero", "one", "two")).assertNoDifferences().runs().get(0).outcome())
        .as("one more would run")
        .isEqualTo(Outcome.OPEN);
  }

  @Test
  void aRunWhoseBodyThrewHasItsFailureInTheRecording() {
    StepsHandler<Integer, String> body =
        (run, steps) -> {
          steps.run("a", () -> {});
          throw new IllegalStateException("a bug");
        };
    start(body);
    w7s.advance(ofDays(1));

    assertThat(replay(body).assertNoDifferences().runs().get(0).outcome()).isEqualTo(Outcome.ENDED);
  }

  @Test
  void anExceptionOutsideOfStepsIsADifference() {
    start((run, steps) -> twoSteps(steps, "a", "b"));

    ReplayReport report =
        replay(
            (run, steps) -> {
              steps.run("a", String.class, () -> "a");
              throw new IllegalStateException("a new bug");
            });

    assertThatThrownBy(report::assertNoDifferences)
        .hasMessageContaining("a new bug")
        .hasRootCauseMessage("a new bug");
  }

  @Test
  void aRunThatWasCompleteAndFailsNowIsADifference() {
    start((run, steps) -> twoSteps(steps, "a", "b"));

    ReplayReport report =
        replay(
            (run, steps) -> {
              twoSteps(steps, "a", "b");
              throw Reject.permanently("too dear");
            });

    assertThatThrownBy(report::assertNoDifferences)
        .hasMessageContaining("it was complete, and fails now: too dear");
  }

  @Test
  void aRunThatWasCancelledEndsWhereItWasCancelled() {
    StepsHandler<Integer, String> body =
        (run, steps) -> {
          steps.compensate("undo", () -> {});
          steps.run("a", () -> {});
          String paid = steps.waitForEvent(PAYMENT, ofDays(9)).orElse("none");
          return paid + steps.run("b", String.class, () -> "b");
        };
    WorkflowHandle<String> handle = start(body);
    deployed.runs().cancel(RunId.of(CHECKOUT, handle.instanceId()), "no longer wanted");
    w7s.advance(ofMinutes(1));

    assertThat(replay(body).assertNoDifferences().runs().get(0))
        .satisfies(
            run -> {
              assertThat(run.state()).isEqualTo(RunStatus.State.CANCELLED);
              assertThat(run.outcome()).isEqualTo(Outcome.ENDED);
            });
  }

  @Test
  void aFileKeepsWhatARunHasToTheByte() throws IOException {
    start((run, steps) -> steps.run("a", String.class, () -> "ä\u2028\n\"\\ 1e400"));
    Path first = exported();
    String text = Files.readString(first);

    assertThat(text.lines()).hasSize(2);
    assertThat(text.lines().findFirst().orElseThrow())
        .startsWith("{\"w7s:run\":1,\"workflow\":\"acme/shop/checkout\",\"instance\":\"")
        .contains("\"state\":\"complete\",\"steps\":1,")
        .endsWith("\"payload\":7}");
    assertThat(text).contains("{\"step\":\"a\",\"position\":0,\"kind\":\"run\",\"type\":");
    var seen = new ArrayList<String>();
    StepLogs.replay(
        first,
        each ->
            app(
                each,
                (run, steps) -> {
                  seen.add(steps.run("a", String.class, StepLogsTest::mustNotRun));
                  return "";
                }));
    assertThat(seen).containsExactly("ä\u2028\n\"\\ 1e400");
  }

  @Test
  void aFileThatIsNotOneIsRefusedWithTheNumberOfTheLine() throws IOException {
    start((run, steps) -> twoSteps(steps, "a", "b"));
    Path file = exported();
    List<String> lines = Files.readAllLines(file);

    Files.write(file, List.of(lines.get(0), lines.get(1), "{\"step\":7}"));
    assertThatThrownBy(() -> StepLogs.replay(file, each -> app(each, (run, steps) -> "")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line 3 of the recording");
    Files.write(file, lines.subList(0, 2));
    assertThatThrownBy(() -> StepLogs.replay(file, each -> app(each, (run, steps) -> "")))
        .hasMessageContaining("1 steps of the last run");
    Files.writeString(file, lines.get(0).replace("\"w7s:run\":1", "\"w7s:run\":2"));
    assertThatThrownBy(() -> StepLogs.replay(file, each -> app(each, (run, steps) -> "")))
        .hasMessageContaining("line 1 of the recording")
        .hasMessageContaining("is 2, and this version reads 1");
  }

  @Test
  void aRecordingOfNoRunShowsNothing() {
    assertThatThrownBy(() -> replay((run, steps) -> "").assertNoDifferences())
        .isInstanceOf(AssertionError.class)
        .hasMessage("no run was replayed");
  }

  @Test
  void aRunOfAnotherWorkflowIsRefused() throws IOException {
    start((run, steps) -> "");
    Path file = exported();
    Files.writeString(file, Files.readString(file).replace("acme/shop/checkout", "acme/shop/old"));

    assertThatThrownBy(() -> StepLogs.replay(file, each -> app(each, (run, steps) -> "")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/shop/old");
  }

  @Test
  void oneRunIsExportedAlone() throws IOException {
    WorkflowHandle<String> first = start((run, steps) -> twoSteps(steps, "a", "b"));
    w7s.as("acme/shop").workflows().start(CHECKOUT, 8);
    w7s.advance(ofMinutes(1));
    var one = new StringBuilder();
    var all = new StringBuilder();

    runs().export(RunId.of(CHECKOUT, first.instanceId()), one);

    assertThat(one.toString().lines()).hasSize(3);
    assertThat(runs().export(RunQuery.all().limit(1), all)).isEqualTo(2);
    assertThat(all.toString()).contains(one);
    assertThat(runs().export(RunQuery.all().state(RunStatus.State.FAILED), all)).isZero();
    assertThatThrownBy(() -> runs().export(RunId.of(CHECKOUT, "none"), one))
        .isInstanceOf(InvalidInputException.class);
  }
}

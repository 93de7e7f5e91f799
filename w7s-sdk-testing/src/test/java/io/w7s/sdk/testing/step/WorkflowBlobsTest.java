package io.w7s.sdk.testing.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepInterruptedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.KillMatrix;
import io.w7s.sdk.testing.ReplayReport;
import io.w7s.sdk.testing.ReplayReport.Outcome;
import io.w7s.sdk.testing.StepLogs;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that are too large for the log. */
class WorkflowBlobsTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final WorkflowRef<String, String> REPORT =
      SHOP.workflow("report", String.class, String.class);
  private static final RunEvent<String> TEXT = RunEvent.of("text", String.class);
  private static final String LARGE = "x".repeat(200_000);

  /** Looks like a reference to a blob. */
  private static final RawJson ODD =
      RawJson.of(
          "{\"w7s:blob\":{\"id\":\"00000000-0000-4000-8000-000000000000\",\"size\":1,\"sha256\":\""
              + "0".repeat(64)
              + "\"}}");

  /** Keeps all, and counts. */
  private static final class Blobs implements BlobStore {

    final Map<String, byte[]> kept = new LinkedHashMap<>();
    Duration expiry = ofDays(100);
    boolean broken;

    @Override
    public void put(BlobRef blob, byte[] bytes) {
      if (broken) {
        throw new IllegalStateException("no connection");
      }
      kept.put(blob.id(), bytes.clone());
    }

    @Override
    public Optional<byte[]> get(BlobRef blob) {
      if (broken) {
        throw new IllegalStateException("no connection");
      }
      return Optional.ofNullable(kept.get(blob.id()));
    }

    @Override
    public Duration expiry() {
      return expiry;
    }

    @Override
    public int sweep() {
      return 0;
    }
  }

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final StepLog log = StepLog.inMemory(w7s.time());
  private final Blobs blobs = new Blobs();
  private final List<String> happened = new ArrayList<>();
  private W7sApp app;

  private WorkflowHandle<String> start(String payload, StepsHandler<String, String> body) {
    app = app(log, body);
    w7s.deploy(app);
    return w7s.as("acme/shop").workflows().start(REPORT, payload);
  }

  private W7sApp app(StepLog steps, StepsHandler<String, String> body) {
    return W7sApp.builder(SHOP)
        .steps(steps, settings -> settings.blobs(blobs))
        .on(REPORT, body)
        .build();
  }

  private static RunId id(WorkflowHandle<?> handle) {
    return new RunId(REPORT.toString(), handle.instanceId());
  }

  private String done(String what, String value) {
    happened.add(what);
    return value;
  }

  @Test
  void aLargeValueIsInABlobAndTheLogRefersToIt() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              String value = steps.run("large", String.class, () -> done("large", LARGE));
              Branch<String> branch = Branch.of("b", String.class, () -> done("b", LARGE + "b"));
              String other = steps.all("group", branch).get(branch);
              steps.sleep("wait", ofDays(9));
              return value.length() + " " + other.length();
            });

    assertThat(handle.await(ofDays(10))).isEqualTo("200000 200001");
    assertThat(happened).containsExactly("large", "b");
    assertThat(blobs.kept).hasSize(2);
    assertThat(log.steps(id(handle)))
        .filteredOn(step -> step.value() != null)
        .hasSize(2)
        .allSatisfy(step -> assertThat(step.value().text()).startsWith("{\"w7s:blob\":{\"id\":"));
  }

  @Test
  void aSmallValueCostsNothingMore() {
    WorkflowHandle<String> handle =
        start("p", (run, steps) -> steps.run("fits", String.class, () -> "x".repeat(65_534)));

    assertThat(handle.await(ofMinutes(1))).hasSize(65_534);
    assertThat(blobs.kept).isEmpty();
  }

  @Test
  void aLargeResultComesToItsHandleInOneDeliveryAndInSeveral() {
    assertThat(start("p", (run, steps) -> LARGE + 1).await(ofMinutes(1))).isEqualTo(LARGE + 1);

    WorkflowHandle<String> later =
        start(
            "p",
            (run, steps) -> {
              steps.sleep("wait", ofDays(1));
              return LARGE + 2;
            });
    assertThat(later.awaitAsync(ofDays(2)).join()).isEqualTo(LARGE + 2);
    assertThat(log.status(id(later)).orElseThrow().output().text()).startsWith("{\"w7s:blob\":");
  }

  @Test
  void aResultThatNoHandleCouldGetFailsTheRunAndIsNotStored() {
    String largest = "x".repeat(StepLog.MAX_RESULT_BYTES - "''".length());
    assertThat(start("p", (run, steps) -> largest).await(ofMinutes(1))).hasSameSizeAs(largest);
    blobs.kept.clear();

    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              steps.compensate("undo", () -> done("undo", ""));
              return largest + "x";
            });

    assertThatThrownBy(() -> handle.await(ofMinutes(1)))
        .isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("result: found 10000001 bytes of JSON, must be at most 10000000");
    assertThat(happened).containsExactly("undo");
    assertThat(blobs.kept).isEmpty();
  }

  @Test
  void aRunBeginsAnewWithALargePayload() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) ->
                run.payload().length() > 1
                    ? run.payload().substring(199_999)
                    : steps.continueAs(REPORT, LARGE + "end"));

    assertThat(handle.await(ofMinutes(5))).isEqualTo("xend");
  }

  @Test
  void aLargeEventIsTakenOnce() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) ->
                steps.waitForEvent("first", TEXT, ofDays(1)).orElse("")
                    + steps.waitForEvent("second", TEXT, ofDays(1)).orElse("none"));
    w7s.advance(ofMinutes(1));

    handle.signal(TEXT, LARGE, signal -> signal.id("1"));
    handle.signal(TEXT, LARGE, signal -> signal.id("1"));

    assertThat(handle.await(ofDays(2))).isEqualTo(LARGE + "none");
  }

  @Test
  void aLargeEventForARunThatIsNotThereIsNotStored() {
    start("p", (run, steps) -> "end");
    WorkflowHandle<String> unknown = w7s.as("acme/shop").workflows().handle(REPORT, "unknown");

    assertThatThrownBy(() -> unknown.signal(TEXT, LARGE)).isInstanceOf(RunNotFoundException.class);

    assertThat(blobs.kept).isEmpty();
  }

  @Test
  void aValueThatLooksLikeAReferenceComesBackAsItIs() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              RawJson value = steps.run("odd", RawJson.class, () -> ODD);
              steps.sleep("wait", ofDays(1));
              return value.text();
            });

    assertThat(handle.await(ofDays(2))).isEqualTo(ODD.text());
    assertThat(blobs.kept).hasSize(1);
  }

  @Test
  void withoutAStoreALargeValueIsRefusedBeforeItIsWritten() {
    var refused = new ArrayList<String>();
    w7s.deploy(
        W7sApp.builder(SHOP)
            .steps(log)
            .on(
                REPORT,
                (run, steps) -> {
                  try {
                    steps.run("large", String.class, () -> LARGE);
                  } catch (StepFailedException failed) {
                    refused.add(failed.getMessage());
                  }
                  return steps.waitForEvent(TEXT, ofDays(1)).orElse("none");
                })
            .build());
    WorkflowHandle<String> handle = w7s.as("acme/shop").workflows().start(REPORT, "p");
    w7s.advance(ofMinutes(1));

    assertThat(refused)
        .singleElement()
        .asString()
        .contains("200002 bytes of JSON", "at most 65536", "each.blobs(store)");
    assertThatThrownBy(() -> handle.signal(TEXT, LARGE))
        .isInstanceOf(RpcFailedException.class)
        .hasMessageContaining("400");
    assertThat(handle.await(ofDays(2))).isEqualTo("none");
  }

  @Test
  void aBlobThatIsMissingStopsTheRunByNameAndNoStepRunsAgain() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              steps.run("large", String.class, () -> done("large", LARGE));
              steps.sleep("wait", ofDays(1));
              return steps.run("last", String.class, () -> done("last", "end"));
            });
    w7s.advance(ofMinutes(1));
    Map<String, byte[]> stored = Map.copyOf(blobs.kept);
    blobs.kept.clear();

    w7s.advance(ofDays(1).plusMinutes(1));

    RunStatus status = log.status(id(handle)).orElseThrow();
    assertThat(status.state()).isEqualTo(RunStatus.State.WAITING);
    assertThat(status.error())
        .contains("value of step \"large\" of " + id(handle), "is not in the store");
    assertThat(happened).containsExactly("large");
    blobs.kept.putAll(stored);
    assertThat(handle.await(ofDays(1))).isEqualTo("end");
    assertThat(happened).containsExactly("large", "last");
  }

  @Test
  void aBlobThatIsAnotherIsGivenToNobody() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              String value = steps.run("large", String.class, () -> LARGE);
              steps.sleep("wait", ofDays(1));
              return value;
            });
    w7s.advance(ofMinutes(1));
    blobs.kept.replaceAll((id, bytes) -> bytes.clone());
    blobs.kept.values().forEach(bytes -> bytes[5] = 'y');

    w7s.advance(ofDays(1).plusMinutes(1));

    assertThat(log.status(id(handle)).orElseThrow().error()).contains("is not what was sent");
  }

  @Test
  void aRunWhosePayloadOrEventIsMissingStaysAsItIs() {
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) ->
                run.payload().length() == 1
                    ? steps.continueAs(REPORT, LARGE)
                    : steps.waitForEvent(TEXT, ofDays(50)).orElse("none").substring(199_999));
    w7s.advance(ofMinutes(1));
    Map<String, byte[]> payload = Map.copyOf(blobs.kept);
    handle.signal(TEXT, LARGE + "end");
    Map<String, byte[]> all = Map.copyOf(blobs.kept);
    assertThat(all).hasSize(2);

    blobs.kept.clear();
    w7s.advance(ofMinutes(1));
    assertThat(log.status(id(handle)).orElseThrow().error())
        .contains("payload of " + id(handle), "is not in the store");
    blobs.kept.putAll(payload);
    w7s.advance(ofMinutes(6));
    assertThat(log.status(id(handle)).orElseThrow().error())
        .contains("value of step \"text\" of " + id(handle), "is not in the store");
    blobs.kept.putAll(all);

    assertThat(handle.await(ofMinutes(10))).isEqualTo("xend");
  }

  @Test
  void aStoreThatIsDownIsAnErrorOfTheStepWhichIsTriedAgain() {
    blobs.broken = true;
    WorkflowHandle<String> handle =
        start("p", (run, steps) -> steps.run("large", String.class, () -> done("a", LARGE)));
    w7s.advance(Duration.ofMillis(1));
    assertThat(log.steps(id(handle)))
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.state()).isEqualTo(StepRecord.State.RETRYING);
              assertThat(step.error()).contains("no connection");
            });
    blobs.broken = false;

    assertThat(handle.await(ofMinutes(10))).isEqualTo(LARGE);
  }

  @Test
  void anActionAtMostOnceWhoseResultTheStoreDoesNotTakeIsInterrupted() {
    blobs.broken = true;
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              try {
                return steps.run(
                    "large", String.class, options -> options.atMostOnce(), () -> done("a", LARGE));
              } catch (StepInterruptedException interrupted) {
                return interrupted.getMessage();
              }
            });

    assertThat(handle.await(ofMinutes(1)))
        .contains("its result could not be kept: ", "no connection");
    assertThat(happened).containsExactly("a");
  }

  @Test
  void aWaitThatIsLongerThanABlobIsKeptIsRefused() {
    blobs.expiry = ofDays(8);
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              steps.sleep("no blob yet", ofDays(30));
              steps.run("large", String.class, () -> LARGE);
              steps.sleep("short", ofDays(5));
              assertThatThrownBy(() -> steps.sleep("long", ofDays(4)))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("longer expiry");
              assertThatThrownBy(() -> steps.waitForEvent(TEXT, ofDays(4)))
                  .isInstanceOf(InvalidInputException.class);
              throw Reject.permanently("as it should be");
            });
    w7s.advance(ofDays(40));

    assertThat(log.status(id(handle)).orElseThrow().error()).isEqualTo("as it should be");
  }

  @Test
  void theAgeOfAnEventCountsFromWhenItCame() {
    blobs.expiry = ofDays(8);
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              steps.sleep("no blob yet", ofDays(6));
              assertThat(steps.waitForEvent(TEXT, ofDays(1))).isPresent();
              steps.sleep("short", ofDays(1));
              assertThatThrownBy(() -> steps.sleep("long", ofDays(2)))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("longer expiry");
              throw Reject.permanently("as it should be");
            });
    w7s.advance(ofMinutes(1));
    handle.signal(TEXT, LARGE);
    w7s.advance(ofDays(10));

    assertThat(log.status(id(handle)).orElseThrow().error()).isEqualTo("as it should be");
  }

  @Test
  void aWaitThatIsLongerThanThePayloadIsKeptIsRefused() {
    blobs.expiry = ofDays(8);
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              if (run.payload().length() == 1) {
                return steps.continueAs(REPORT, LARGE);
              }
              steps.sleep("short", ofDays(7));
              assertThatThrownBy(() -> steps.sleep("long", ofDays(2)))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("longer expiry");
              throw Reject.permanently("as it should be");
            });
    w7s.advance(ofDays(10));

    assertThat(log.status(id(handle)).orElseThrow().error()).isEqualTo("as it should be");
  }

  @Test
  void aForkHasTheBlobsOfTheRunAlsoWhenThatIsDeleted() {
    var fails = new boolean[] {true};
    WorkflowHandle<String> handle =
        start(
            "p",
            (run, steps) -> {
              String value = steps.run("large", String.class, () -> done("large", LARGE));
              return steps.run(
                  "last",
                  String.class,
                  () -> {
                    if (fails[0]) {
                      throw Reject.permanently("no");
                    }
                    return "" + value.length();
                  });
            });
    w7s.advance(ofMinutes(1));
    RunId fork = app.runs().fork(id(handle), "last", "again");
    fails[0] = false;
    assertThat(app.runs().deleteEnded(Duration.ZERO)).isEqualTo(1);

    w7s.advance(ofMinutes(1));

    assertThat(log.status(fork).orElseThrow().output()).isEqualTo(RawJson.of("\"200000\""));
    assertThat(happened).containsExactly("large");
  }

  @Test
  void largeValuesAreInBlobsWhereverTheProcessIsKilled() {
    String large = "x".repeat(70_000);
    RunEvent<String> text = RunEvent.of("text", String.class);
    int runs =
        KillMatrix.of(
                (platform, log) -> {
                  var effects = new ArrayList<String>();
                  WorkflowRef<Integer, String> report =
                      SHOP.workflow("b" + UUID.randomUUID(), Integer.class, String.class);
                  platform.deploy(
                      W7sApp.builder(SHOP)
                          .steps(log, settings -> settings.blobs(blobs))
                          .on(
                              report,
                              (run, steps) -> {
                                String value =
                                    steps.run(
                                        "large",
                                        String.class,
                                        () -> {
                                          effects.add("large");
                                          return large + effects.size();
                                        });
                                return value + steps.waitForEvent(text, ofDays(1)).orElse("none");
                              })
                          .build());
                  WorkflowHandle<String> handle =
                      platform.as("acme/shop").workflows().start(report, 1);
                  platform.advance(ofMinutes(10));
                  handle.signal(text, large);
                  assertThat(handle.await(ofDays(2))).isEqualTo(large + effects.size() + large);
                })
            .run();
    assertThat(runs).isGreaterThan(20);
  }

  @Test
  void aReplayStoresNothing(@TempDir Path folder) throws IOException {
    StepsHandler<String, String> body =
        (run, steps) -> {
          steps.sleep("wait", ofDays(1));
          return run.payload().equals("again") ? steps.continueAs(REPORT, LARGE) : LARGE;
        };
    start("p", body).await(ofDays(2));
    w7s.as("acme/shop").workflows().start(REPORT, "again");
    w7s.advance(ofMinutes(1));
    Map<String, byte[]> stored = Map.copyOf(blobs.kept);
    Path file = folder.resolve("runs.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      app.runs().export(RunQuery.all(), out);
    }

    ReplayReport ofFile = StepLogs.replay(file, each -> app(each, body));
    ReplayReport ofLog = StepLogs.replay(log, RunQuery.all(), each -> app(each, body));

    assertThat(List.of(ofFile, ofLog))
        .allSatisfy(
            report ->
                assertThat(report.assertNoDifferences().runs())
                    .extracting(ReplayReport.Run::outcome)
                    .containsExactly(Outcome.OPEN, Outcome.ENDED));
    assertThat(blobs.kept).hasSize(1).containsExactlyEntriesOf(stored);
  }

  @Test
  void anExportHasAValueThatLooksLikeAReferenceAsItIs(@TempDir Path folder) throws IOException {
    var seen = new ArrayList<String>();
    WorkflowRef<RawJson, String> odd = SHOP.workflow("odd", RawJson.class, String.class);
    RunEvent<RawJson> event = RunEvent.of("event", RawJson.class);
    Function<StepLog, W7sApp> made =
        steps ->
            W7sApp.builder(SHOP)
                .steps(steps, settings -> settings.blobs(blobs))
                .on(
                    odd,
                    (run, each) -> {
                      seen.add(run.payload().text());
                      seen.add(each.run("odd", RawJson.class, () -> ODD).text());
                      seen.add(each.waitForEvent(event, ofDays(1)).orElseThrow().text());
                      return "end";
                    })
                .build();
    app = made.apply(log);
    w7s.deploy(app);
    WorkflowHandle<String> handle = w7s.as("acme/shop").workflows().start(odd, ODD);
    w7s.advance(ofMinutes(1));
    handle.signal(event, ODD);
    handle.await(ofMinutes(1));
    Path file = folder.resolve("runs.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      app.runs().export(RunQuery.all(), out);
    }
    blobs.kept.clear();
    seen.clear();

    StepLogs.replay(file, made).assertNoDifferences();

    assertThat(seen).hasSize(3).containsOnly(ODD.text());
  }

  @Test
  void anExportHasTheValuesThemselves(@TempDir Path folder) throws IOException {
    StepsHandler<String, String> body =
        (run, steps) -> steps.run("large", String.class, () -> done("large", LARGE)) + "!";
    start("p", body).await(ofMinutes(1));
    Path file = folder.resolve("runs.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      app.runs().export(RunQuery.all(), out);
    }
    blobs.kept.clear();

    StepLogs.replay(file, each -> app(each, body)).assertNoDifferences();

    assertThatThrownBy(
            () ->
                StepLogs.replay(log, RunQuery.all(), each -> app(each, body)).assertNoDifferences())
        .hasMessageContaining("is not in the store");
    assertThat(happened).containsExactly("large");
  }
}

package io.w7s.sdk.testing.junit;

import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a test has left on its platform, with one item on each line: for extensions beside that of
 * {@link W7sTest}.
 *
 * @param waiting messages, workflow instances and durable runs that are not finished; empty when
 *     there are none
 * @param deadLetters messages that were dropped; empty when there are none
 * @param failedRuns durable runs that have failed, and that no handle has asked for since; empty
 *     when there are none
 */
public record LeftOver(String waiting, String deadLetters, String failedRuns) {

  private static final RunQuery OPEN_OR_FAILED =
      RunQuery.all()
          .state(RunStatus.State.RUNNING, RunStatus.State.WAITING, RunStatus.State.FAILED);

  /** Returns what is there now. */
  public static LeftOver of(InMemoryW7s w7s) {
    Platform platform = w7s.platform();
    List<String> waiting = new ArrayList<>();
    List<String> failedRuns = new ArrayList<>();
    List<QueueId> queues = new ArrayList<>(platform.queues().all());
    queues.sort(Comparator.comparing(QueueId::toString));
    for (QueueId queue : queues) {
      int depth = platform.queues().counts(queue).depth();
      if (depth > 0) {
        waiting.add(queue + ": " + depth + (depth == 1 ? " message waits" : " messages wait"));
      }
    }
    for (Deployment app : platform.deployments()) {
      Set<String> delivered = new HashSet<>();
      for (Manifest.Workflow workflow : app.manifest().workflows()) {
        platform.workflows().of(app.instance(), workflow.name()).stream()
            .sorted(Comparator.comparing(WorkflowInstance::id))
            .forEach(
                instance -> {
                  if (instance.status().state().ended()) {
                    delivered.add(instance.id());
                  } else {
                    waiting.add(
                        "workflow instance "
                            + instance.id()
                            + " is "
                            + instance.status().state().word());
                  }
                });
      }
      for (RunInfo run : openOrFailed(w7s, app, delivered)) {
        if (!run.state().ended()) {
          waiting.add(run.id() + " is " + run.state().name().toLowerCase(Locale.ROOT));
        } else if (!wasAskedFor(w7s.journal(), app, run)) {
          failedRuns.add(run.id() + ": " + run.error());
        }
      }
    }
    return new LeftOver(
        lines(waiting),
        lines(
            platform.queues().deadLetters().stream()
                .map(letter -> letter.message() + ": " + letter.reason() + ", " + letter.cause())
                .toList()),
        lines(failedRuns));
  }

  /**
   * Returns those of the durable runs that this platform has delivered; others may be in a database
   * that many tests use.
   */
  private static List<RunInfo> openOrFailed(
      InMemoryW7s w7s, Deployment app, Set<String> delivered) {
    return delivered.isEmpty()
        ? List.of()
        : w7s.runs(app.instance()).stream()
            .flatMap(runs -> runs.stream(OPEN_OR_FAILED))
            .filter(run -> delivered.contains(run.id().instance()))
            .sorted(Comparator.comparing(run -> run.id().instance()))
            .toList();
  }

  /** Returns whether the app was asked how a run stands after it had ended. */
  private static boolean wasAskedFor(Journal journal, Deployment app, RunInfo run) {
    Instant endedAt = run.endedAt();
    String report = "/runs/" + run.id().instance();
    return endedAt != null
        && journal.about(app.app().toString()).of(Journal.Kind.RESPONDED).entries().stream()
            .filter(
                entry -> entry.target().endsWith(report) || entry.target().contains(report + " "))
            .anyMatch(entry -> !entry.at().isBefore(endedAt));
  }

  private static String lines(List<String> lines) {
    return lines.stream().map(line -> "  " + line).collect(Collectors.joining("\n"));
  }
}

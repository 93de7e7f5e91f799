package io.w7s.sdk.testing.junit;

import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a test has left on its platform, with one item on each line.
 *
 * @param waiting messages and workflow instances that are not finished
 * @param deadLetters messages that were dropped
 */
record LeftOver(String waiting, String deadLetters) {

  static LeftOver of(Platform platform) {
    List<String> waiting = new ArrayList<>();
    List<QueueId> queues = new ArrayList<>(platform.queues().all());
    queues.sort(Comparator.comparing(QueueId::toString));
    for (QueueId queue : queues) {
      int depth = platform.queues().counts(queue).depth();
      if (depth > 0) {
        waiting.add(queue + ": " + depth + (depth == 1 ? " message waits" : " messages wait"));
      }
    }
    for (Deployment app : platform.deployments()) {
      for (Manifest.Workflow workflow : app.manifest().workflows()) {
        platform.workflows().of(app.instance(), workflow.name()).stream()
            .filter(instance -> !instance.status().state().ended())
            .sorted(Comparator.comparing(WorkflowInstance::id))
            .forEach(
                instance ->
                    waiting.add(
                        "workflow instance "
                            + instance.id()
                            + " is "
                            + instance.status().state().word()));
      }
    }
    return new LeftOver(
        lines(waiting),
        lines(
            platform.queues().deadLetters().stream()
                .map(letter -> letter.message() + ": " + letter.reason() + ", " + letter.cause())
                .toList()));
  }

  private static String lines(List<String> lines) {
    return lines.stream().map(line -> "  " + line).collect(Collectors.joining("\n"));
  }
}

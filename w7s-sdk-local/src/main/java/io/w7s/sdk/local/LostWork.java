package io.w7s.sdk.local;

import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link LocalTransport} had accepted and not delivered when it was closed, dead letters
 * included. It was kept in this JVM only, so it is gone. Messages that a store keeps are not among
 * it, except for dead letters. Immutable.
 */
public final class LostWork {

  static final LostWork NONE = new LostWork(Map.of(), List.of());

  /** How many queues and instances a line names. */
  private static final int MAX_NAMED = 10;

  private final Map<QueueId, QueueCounts> queues;
  private final List<String> workflowInstances;

  private LostWork(Map<QueueId, QueueCounts> queues, List<String> workflowInstances) {
    this.queues = queues;
    this.workflowInstances = workflowInstances;
  }

  /** Returns what a platform has not delivered yet, and no store keeps. */
  static LostWork of(Platform platform) {
    boolean stored = platform.store() != MessageStore.NONE;
    var queues = new LinkedHashMap<QueueId, QueueCounts>();
    for (QueueId queue : platform.queues().all()) {
      QueueCounts all = platform.queues().counts(queue);
      QueueCounts counts =
          stored
              ? new QueueCounts(0, 0, 0, all.sent(), all.acknowledged(), all.deadLettered())
              : all;
      if (messages(counts) > 0) {
        queues.put(queue, counts);
      }
    }
    var instances = new ArrayList<String>();
    for (Deployment app : platform.deployments()) {
      for (Manifest.Workflow workflow : app.manifest().workflows()) {
        platform.workflows().of(app.instance(), workflow.name()).stream()
            .filter(instance -> !instance.status().state().ended())
            .map(WorkflowInstance::id)
            .forEach(instances::add);
      }
    }
    return new LostWork(Collections.unmodifiableMap(queues), List.copyOf(instances));
  }

  /** Returns whether nothing was lost. */
  public boolean isEmpty() {
    return queues.isEmpty() && workflowInstances.isEmpty();
  }

  /** Returns how many messages were lost, of all queues. */
  public long messageCount() {
    return queues.values().stream().mapToLong(LostWork::messages).sum();
  }

  private static long messages(QueueCounts counts) {
    return counts.depth() + counts.deadLettered();
  }

  /**
   * Returns the queues that lost messages, and where the messages were: ready, delayed, with the
   * consumer (which may have handled them), or dropped as dead letters after their last retry.
   */
  public Map<QueueId, QueueCounts> queues() {
    return queues;
  }

  /** Returns the ids of the workflow instances that had not ended. */
  public List<String> workflowInstances() {
    return workflowInstances;
  }

  /** Returns one line that says how much was lost, and of which queues and instances. */
  @Override
  public String toString() {
    var parts = new ArrayList<String>();
    if (!queues.isEmpty()) {
      parts.add(
          counted(messageCount(), "message")
              + named(queues.entrySet().stream().map(LostWork::shown).toList()));
    }
    if (!workflowInstances.isEmpty()) {
      parts.add(counted(workflowInstances.size(), "workflow instance") + named(workflowInstances));
    }
    return parts.isEmpty() ? "nothing" : String.join(" and ", parts);
  }

  private static String shown(Map.Entry<QueueId, QueueCounts> queue) {
    QueueCounts counts = queue.getValue();
    return "%d of queue %s: %d ready, %d delayed, %d with the consumer, %d dropped after retries"
        .formatted(
            messages(counts),
            queue.getKey(),
            counts.ready(),
            counts.delayed(),
            counts.inFlight(),
            counts.deadLettered());
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String named(List<String> names) {
    String more = names.size() > MAX_NAMED ? "; and " + (names.size() - MAX_NAMED) + " more" : "";
    return names.stream().limit(MAX_NAMED).collect(Collectors.joining("; ", " (", more + ")"));
  }
}

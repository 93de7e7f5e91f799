package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workflow instances that there are and how they are doing: all that are active, and the newest
 * of those that have ended. Thread-safe.
 */
final class WorkflowStore {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(60);

  private final int mostActive;
  private final int mostEnded;
  private final Consumer<WorkflowExecution> whenBegun;
  private final Map<Key, Entry> entries = new HashMap<>();
  private final Map<Caller, Integer> active = new HashMap<>();
  private final ArrayDeque<Key> ended = new ArrayDeque<>();

  /**
   * Starts with none.
   *
   * @param mostActive for each app and environment
   * @param mostEnded how many that have ended are kept
   * @param whenBegun told of each instance that was added, with no lock held
   */
  WorkflowStore(int mostActive, int mostEnded, Consumer<WorkflowExecution> whenBegun) {
    this.mostActive = mostActive;
    this.mostEnded = mostEnded;
    this.whenBegun = whenBegun;
  }

  /** What an instance is known by. */
  record Key(Caller owner, String workflow, String id) {}

  /** An instance, and when it was started. */
  record Entry(WorkflowInstance instance, Instant createdAt) {}

  /**
   * Adds an instance that is queued; one that is there under its id already stays as it is.
   *
   * @return the instance of that id
   * @throws Refusal with 429 when as many as may be are active
   */
  Entry begin(WorkflowExecution instance) {
    synchronized (this) {
      Key key = instance.key();
      Entry known = entries.get(key);
      if (known != null) {
        return known;
      }
      int now = active.getOrDefault(instance.owner(), 0);
      if (now >= mostActive) {
        throw tooMany(instance.owner(), now);
      }
      put(key, WorkflowStatus.of(State.QUEUED), instance.createdAt());
    }
    whenBegun.accept(instance);
    return new Entry(
        new WorkflowInstance(instance.id(), WorkflowStatus.of(State.QUEUED)), instance.createdAt());
  }

  /** Sets how an instance is doing, and adds it where it is not known. */
  synchronized void put(Key key, WorkflowStatus status, Instant createdAt) {
    Entry before = entries.put(key, new Entry(new WorkflowInstance(key.id(), status), createdAt));
    boolean wasActive = before != null && isActive(before.instance().status());
    boolean isActive = isActive(status);
    active.merge(key.owner(), (isActive ? 1 : 0) - (wasActive ? 1 : 0), Integer::sum);
    if (!isActive && (wasActive || before == null)) {
      ended.add(key);
      if (ended.size() > mostEnded) {
        entries.remove(ended.remove());
      }
    }
  }

  /** Sets how an instance is doing; nothing when it is not known. */
  synchronized void update(WorkflowExecution instance, WorkflowStatus status) {
    Entry known = entries.get(instance.key());
    if (known != null) {
      put(instance.key(), status, known.createdAt());
    }
  }

  synchronized @Nullable Entry find(Key key) {
    return entries.get(key);
  }

  /** Returns the instances of a workflow, in no order. */
  synchronized List<WorkflowInstance> of(Caller owner, String workflow) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getKey().owner().equals(owner))
        .filter(entry -> entry.getKey().workflow().equals(workflow))
        .map(entry -> entry.getValue().instance())
        .toList();
  }

  private static boolean isActive(WorkflowStatus status) {
    return !status.state().ended();
  }

  private Refusal tooMany(Caller owner, int now) {
    var details = new LinkedHashMap<String, @Nullable Object>();
    details.put("active", now);
    details.put("limit", mostActive);
    details.put("environment", owner.environment().name());
    details.put("orgSlug", owner.app().owner());
    details.put("repoSlug", owner.app().repo());
    return new Refusal(
        Refusal.TOO_MANY,
        "%s has %d active workflow instances, at most are %d allowed"
            .formatted(owner, now, mostActive),
        Map.of("activeWorkflowLimit", details),
        RETRY_AFTER);
  }
}

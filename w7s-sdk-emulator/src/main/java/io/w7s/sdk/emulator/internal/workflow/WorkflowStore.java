package io.w7s.sdk.emulator.internal.workflow;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
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
import org.jspecify.annotations.Nullable;

/**
 * The status of the workflow executions: all that are active, and those that ended last.
 * Thread-safe.
 */
public final class WorkflowStore {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(60);

  private final int mostActive;
  private final int mostEnded;
  private final Map<Key, Entry> entries = new HashMap<>();
  private final Map<String, Key> keys = new HashMap<>();
  private final Map<AppInstance, Integer> active = new HashMap<>();
  private final ArrayDeque<Key> ended = new ArrayDeque<>();

  /**
   * Starts with no executions.
   *
   * @param mostActive how many executions of an app may be active in one environment
   * @param mostEnded how many executions are kept that have ended
   */
  WorkflowStore(int mostActive, int mostEnded) {
    this.mostActive = mostActive;
    this.mostEnded = mostEnded;
  }

  /** Identifies an execution. */
  record Key(AppInstance owner, String workflow, String id) {

    static Key of(WorkflowExecution execution) {
      return new Key(execution.owner(), execution.workflow(), execution.id());
    }
  }

  /**
   * An execution that is known.
   *
   * @param instance its id and status
   * @param createdAt when it was started
   */
  public record Entry(WorkflowInstance instance, Instant createdAt) {}

  /**
   * Adds an execution with the status queued, unless its id is known already.
   *
   * @return the execution that is known under the id; null when it was added
   * @throws Refusal with 429 when the app has as many active executions as it may
   */
  synchronized @Nullable Entry add(WorkflowExecution execution) {
    Key key = Key.of(execution);
    Entry known = entries.get(key);
    if (known != null) {
      return known;
    }
    int now = active.getOrDefault(execution.owner(), 0);
    if (now >= mostActive) {
      throw tooMany(execution.owner(), now);
    }
    put(key, WorkflowStatus.of(State.QUEUED), execution.createdAt());
    return null;
  }

  /** Sets the status of an execution, and adds the execution when it is unknown. */
  synchronized void put(Key key, WorkflowStatus status, Instant createdAt) {
    keys.put(key.id(), key);
    Entry before = entries.put(key, new Entry(new WorkflowInstance(key.id(), status), createdAt));
    boolean wasActive = before != null && isActive(before.instance().status());
    boolean isActive = isActive(status);
    active.merge(key.owner(), (isActive ? 1 : 0) - (wasActive ? 1 : 0), Integer::sum);
    if (!isActive && (wasActive || before == null)) {
      ended.add(key);
      if (ended.size() > mostEnded) {
        Key oldest = ended.remove();
        entries.remove(oldest);
        keys.remove(oldest.id());
      }
    }
  }

  /** Sets the status of an execution; does nothing when the execution is unknown. */
  synchronized void update(WorkflowExecution execution, WorkflowStatus status) {
    Key key = Key.of(execution);
    Entry known = entries.get(key);
    if (known != null) {
      put(key, status, known.createdAt());
    }
  }

  /** Returns the execution of an id; ids tell executions apart across apps and workflows. */
  synchronized @Nullable Entry find(String id) {
    Key key = keys.get(id);
    return key == null ? null : entries.get(key);
  }

  /** Returns the executions of a workflow, in no order. */
  synchronized List<WorkflowInstance> of(AppInstance owner, String workflow) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getKey().owner().equals(owner))
        .filter(entry -> entry.getKey().workflow().equals(workflow))
        .map(entry -> entry.getValue().instance())
        .toList();
  }

  private static boolean isActive(WorkflowStatus status) {
    return !status.state().ended();
  }

  private Refusal tooMany(AppInstance owner, int now) {
    var details = new LinkedHashMap<String, @Nullable Object>();
    details.put("active", now);
    details.put("limit", mostActive);
    details.put("environment", owner.environment().name());
    details.put("orgSlug", owner.app().owner());
    details.put("repoSlug", owner.app().repo());
    return new Refusal(
        Refusal.TOO_MANY,
        "%s has %d active workflow instances, at most %d are allowed"
            .formatted(owner, now, mostActive),
        Map.of("activeWorkflowLimit", details),
        RETRY_AFTER);
  }
}

package io.w7s.sdk.emulator.internal.workflow;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.StoredJson;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.emulator.workflow.WorkflowListener;
import io.w7s.sdk.emulator.workflow.WorkflowPolicy;
import io.w7s.sdk.emulator.workflow.Workflows;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PlatformNames;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.Slugs;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts workflow executions for apps, and tells their status. Thread-safe. */
public final class WorkflowService implements Workflows {

  private final Registry registry;
  private final UsageLedger usage;
  private final Timeline timeline;
  private final WorkflowListener listener;
  private final WorkflowPolicy policy;
  private final boolean strictIds;
  private final WorkflowStore store;
  private final ExecutionRunner runner;

  /**
   * Starts with no executions.
   *
   * @param mostActive how many executions of an app may be active in one environment
   * @param mostEnded how many executions are kept that have ended
   * @param strictIds whether a start with an id that is taken is refused
   */
  public WorkflowService(
      Registry registry,
      UsageLedger usage,
      Timeline timeline,
      WorkflowListener listener,
      WorkflowPolicy policy,
      int mostActive,
      int mostEnded,
      boolean strictIds) {
    this.registry = registry;
    this.usage = usage;
    this.timeline = timeline;
    this.listener = listener;
    this.policy = policy;
    this.strictIds = strictIds;
    this.store = new WorkflowStore(mostActive, mostEnded);
    this.runner = new ExecutionRunner(registry, usage, timeline, policy.timeout());
  }

  /** The workflow that a call is for. */
  private record Target(AppInstance owner, Manifest.Workflow workflow) {}

  /**
   * Checks that a caller may start a workflow and ask for its status.
   *
   * @throws Refusal with 404 when there is none, with 403 when the caller may not
   */
  public void requireTarget(DeployedApp caller, AppId app, String workflow) {
    target(caller, app, workflow);
  }

  private Target target(DeployedApp caller, AppId app, String workflow) {
    DeployedApp target = registry.target(caller, app);
    Manifest.Workflow declared = target.workflow(workflow);
    if (declared == null) {
      throw new Refusal(
          Refusal.NOT_FOUND,
          "The deployment of %s declares no workflow %s".formatted(app, workflow));
    }
    Registry.requireAllowed(Kind.WORKFLOW, caller, target);
    return new Target(target.instance(), declared);
  }

  /**
   * Starts an execution. With an id that is taken it finds that execution, or is refused where ids
   * are strict.
   *
   * @param id the id that the caller gave; null to have one made
   * @param payload JSON
   * @throws Refusal when the platform does not accept the start
   */
  public WorkflowStore.Entry start(
      DeployedApp caller, AppId app, String workflow, @Nullable String id, byte[] payload) {
    Target target = target(caller, app, workflow);
    byte[] stored = StoredJson.of("workflow payload", payload);
    Instant now = StoredJson.toMillisecond(timeline.now());
    String wanted = id == null ? RandomIds.next(timeline.random()) : id;
    var execution =
        new WorkflowExecution(
            fullId(target, wanted),
            target.owner(),
            target.workflow().name(),
            target.workflow().path(),
            caller.caller(),
            now,
            stored);
    StoredJson.requireFits("workflow payload", stored, execution::toEnvelope);
    WorkflowStore.Entry known = store.find(execution.id());
    return known == null ? start(caller, execution) : again(known);
  }

  private WorkflowStore.Entry again(WorkflowStore.Entry known) {
    if (strictIds) {
      throw new Refusal(
          Refusal.SERVER_ERROR,
          "instance.already_exists: the id %s is taken".formatted(known.instance().id()));
    }
    return known;
  }

  private WorkflowStore.Entry start(DeployedApp caller, WorkflowExecution execution) {
    Instant now = execution.createdAt();
    usage.admit(Metric.WORKFLOW_CREATE, caller.account(), 1, now);
    WorkflowStore.Entry known;
    try {
      known = store.add(execution);
    } catch (Refusal tooMany) {
      usage.giveBack(Metric.WORKFLOW_CREATE, caller.account(), 1, now);
      throw tooMany;
    }
    if (known != null) {
      return again(known); // another thread was faster
    }
    listener.started(execution);
    timeline
        .agenda()
        .schedule(
            new ExecutionTask(execution, runner, policy, store, timeline, listener),
            timeline.nanos());
    return new WorkflowStore.Entry(
        new WorkflowInstance(execution.id(), WorkflowStatus.of(State.QUEUED)), now);
  }

  /**
   * Returns an execution with its status.
   *
   * <p>As on the platform, the id alone counts: the execution may belong to another workflow or app
   * than those of the request, and an unknown id is a failure of the server.
   *
   * @throws Refusal with 500 when there is none of that id
   */
  public WorkflowStore.Entry status(DeployedApp caller, AppId app, String workflow, String id) {
    target(caller, app, workflow);
    String slug = instanceId(id);
    WorkflowStore.Entry known = store.find(slug);
    if (known == null) {
      throw new Refusal(
          Refusal.SERVER_ERROR,
          "instance.not_found: %s of %s has no instance %s".formatted(workflow, app, slug));
    }
    return known;
  }

  /** Returns an instance id as the platform reads it. */
  private static String instanceId(String id) {
    try {
      return Slugs.slug("workflow instance id", id);
    } catch (InvalidInputException notAnId) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notAnId.getMessage())).inText();
    }
  }

  private static String fullId(Target target, String id) {
    return PlatformNames.instance(
        target.owner().environment(), target.owner().app(), target.workflow().name(), id);
  }

  @Override
  public Optional<WorkflowInstance> find(String id) {
    return Optional.ofNullable(store.find(id)).map(WorkflowStore.Entry::instance);
  }

  @Override
  public List<WorkflowInstance> of(AppInstance owner, String workflow) {
    return store.of(owner, workflow);
  }

  @Override
  public void put(AppInstance owner, String workflow, String id, WorkflowStatus status) {
    var key = new WorkflowStore.Key(owner, workflow, id);
    store.put(key, status, StoredJson.toMillisecond(timeline.now()));
  }

  @Override
  public Optional<Output> run(WorkflowExecution execution) {
    return runner.run(execution).output();
  }
}

package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.Tokens.Kind;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.Slugs;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts of workflow instances, questions after them, and single attempts to run them. */
final class WorkflowService {

  private static final int LONGEST_OUTPUT = 65_536;

  private final Registry registry;
  private final UsageLedger usage;
  private final Timeline timeline;
  private final WorkflowStore instances;
  private final WorkflowPolicy policy;

  WorkflowService(
      Registry registry,
      UsageLedger usage,
      Timeline timeline,
      WorkflowStore instances,
      WorkflowPolicy policy) {
    this.registry = registry;
    this.usage = usage;
    this.timeline = timeline;
    this.instances = instances;
    this.policy = policy;
  }

  /** The workflow that a call is for. */
  record Target(Caller owner, Manifest.Workflow workflow) {}

  /** What came of one attempt: an output, or why there is none. */
  record Attempt(Optional<Output> output, String failure) {}

  /**
   * Returns the workflow that a caller may start and ask after.
   *
   * @throws Refusal with 404 or 403
   */
  Target target(DeployedApp caller, AppId app, String workflow) {
    DeployedApp target = registry.target(caller, app);
    Manifest.Workflow declared = target.workflow(workflow);
    if (declared == null) {
      throw new Refusal(
          Refusal.NOT_FOUND,
          "The deployment of %s declares no workflow %s".formatted(app, workflow));
    }
    Registry.requireAllowed(Kind.WORKFLOW, caller, target);
    return new Target(target.identity(), declared);
  }

  /**
   * Starts an instance, or finds the one that its id names already.
   *
   * @param id the caller's id; null to have one made
   * @param payload JSON
   * @throws Refusal when the platform says no
   */
  WorkflowStore.Entry start(
      DeployedApp caller, AppId app, String workflow, @Nullable String id, byte[] payload) {
    Target target = target(caller, app, workflow);
    Instant now = Envelope.toMillisecond(timeline.now());
    String wanted = id == null ? RandomIds.next(timeline.random()) : id;
    var instance =
        new WorkflowExecution(
            fullId(target, wanted),
            target.owner(),
            target.workflow().name(),
            target.workflow().path(),
            caller.identity(),
            now,
            payload);
    Envelope.requireFits("workflow payload", payload, instance::toEnvelope);
    WorkflowStore.Entry known = instances.find(instance.key());
    if (known != null) {
      return known;
    }
    usage.admit(Metric.WORKFLOW_CREATE, caller.account(), 1, now);
    try {
      return instances.begin(instance);
    } catch (Refusal tooMany) {
      usage.giveBack(Metric.WORKFLOW_CREATE, caller.account(), 1, now);
      throw tooMany;
    }
  }

  /**
   * Tells how an instance is doing.
   *
   * @throws Refusal with 404 when there is none of that id
   */
  WorkflowStore.Entry status(DeployedApp caller, AppId app, String workflow, String id) {
    Target target = target(caller, app, workflow);
    String slug = instanceId(id);
    WorkflowStore.Entry known =
        instances.find(new WorkflowStore.Key(target.owner(), target.workflow().name(), slug));
    if (known == null) {
      throw new Refusal(
          Refusal.NOT_FOUND, "%s of %s has no instance %s".formatted(workflow, app, slug));
    }
    return known;
  }

  /** Returns an instance id as the platform reads it. */
  private static String instanceId(String id) {
    try {
      return Slugs.slug("workflow instance id", id);
    } catch (InvalidInputException notAnId) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notAnId.getMessage()));
    }
  }

  private static String fullId(Target target, String id) {
    try {
      return PlatformNames.instance(target.owner(), target.workflow().name(), id);
    } catch (InvalidInputException notAnId) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notAnId.getMessage()));
    }
  }

  /** Hands an instance to its app, once. */
  Attempt run(WorkflowExecution instance) {
    DeployedApp target = registry.find(instance.owner());
    if (target == null || target.endpoint() == null) {
      return failed(instance.owner() + " has no backend");
    }
    try {
      usage.admit(Metric.WORKFLOW_DELIVERY, target.account(), 1, timeline.now());
    } catch (Refusal over) {
      return failed(over.words());
    }
    long start = timeline.nanos();
    AppResponse answer =
        Dispatch.deliver(
            target,
            instance.path(),
            target
                .deliveryHeaders(instance.path())
                .with("x-w7s-workflow", "1")
                .with("x-w7s-workflow-name", instance.workflow())
                .with("x-w7s-workflow-instance", instance.id()),
            instance.toDelivery());
    Duration took = Duration.ofNanos(timeline.nanos() - start);
    if (took.compareTo(policy.timeout()) > 0) {
      return failed(target.identity() + " took longer than " + policy.timeout());
    }
    Delivery delivery = Dispatch.delivery(target, instance.path(), answer);
    return delivery.outcome() == Delivery.Outcome.DONE
        ? new Attempt(Optional.of(output(answer)), "")
        : failed(delivery.cause());
  }

  private static Output output(AppResponse answer) {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    return new Output(
        answer.status(),
        answer.headers().first("content-type").orElse(""),
        body.length() > LONGEST_OUTPUT ? body.substring(0, LONGEST_OUTPUT) : body);
  }

  private static Attempt failed(String why) {
    return new Attempt(Optional.empty(), why);
  }
}

package io.w7s.sdk.emulator.internal.workflow;

import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Dispatch;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.internal.wire.ControlResponse;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Makes single attempts to run workflow executions. Thread-safe; no lock is held meanwhile. */
final class ExecutionRunner {

  private final Registry registry;
  private final UsageLedger usage;
  private final Timeline timeline;
  private final Duration timeout;

  ExecutionRunner(Registry registry, UsageLedger usage, Timeline timeline, Duration timeout) {
    this.registry = registry;
    this.usage = usage;
    this.timeline = timeline;
    this.timeout = timeout;
  }

  /** The result of one attempt: that of its delivery, and the output when it succeeded. */
  record Attempt(Optional<Output> output, DeliveryResult delivery) {

    static Attempt failed(String why) {
      return failed(DeliveryResult.failed(why));
    }

    private static Attempt failed(DeliveryResult delivery) {
      return new Attempt(Optional.empty(), delivery);
    }
  }

  /** Delivers an execution to its app, once. */
  Attempt run(WorkflowExecution execution) {
    DeployedApp target = registry.find(execution.owner());
    if (target == null || target.handler() == null) {
      return Attempt.failed(execution.owner() + " has no backend");
    }
    try {
      usage.admit(Metric.WORKFLOW_DELIVERY, target.account(), 1, timeline.now());
    } catch (Refusal over) {
      return new Attempt(Optional.of(refused(over)), DeliveryResult.dropped(over.words()));
    }
    long start = timeline.nanos();
    AppResponse response =
        Dispatch.deliver(
            target,
            execution.path(),
            target
                .deliveryHeaders(execution.path())
                .with("x-w7s-workflow", "1")
                .with("x-w7s-workflow-name", execution.workflow())
                .with("x-w7s-workflow-instance", execution.id()),
            execution.toDelivery());
    Duration took = Duration.ofNanos(timeline.nanos() - start);
    if (took.compareTo(timeout) > 0) {
      return Attempt.failed(target.instance() + " took longer than " + timeout);
    }
    DeliveryResult delivery = Dispatch.result(target, execution.path(), response);
    return delivery.status() == DeliveryResult.Status.DONE
        ? new Attempt(Optional.of(output(response)), delivery)
        : Attempt.failed(delivery);
  }

  /** Returns the output with which the platform completes an instance that is over a limit. */
  private static Output refused(Refusal over) {
    byte[] body = new ControlResponse.Failure(over.words(), over.details()).toJson();
    return new Output(
        over.status(), "application/json; charset=utf-8", new String(body, StandardCharsets.UTF_8));
  }

  private static Output output(AppResponse response) {
    String body = new String(response.body(), StandardCharsets.UTF_8);
    return new Output(
        response.status(),
        response.headers().first("content-type").orElse(""),
        body.length() > PlatformLimits.MAX_OUTPUT_CHARACTERS
            ? body.substring(0, PlatformLimits.MAX_OUTPUT_CHARACTERS)
            : body);
  }
}

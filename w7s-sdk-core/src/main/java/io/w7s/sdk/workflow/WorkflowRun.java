package io.w7s.sdk.workflow;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Optional;

/**
 * One try of a workflow instance as its handler sees it. The same instance comes again when its
 * handler threw.
 *
 * @param instanceId the full instance id
 * @param workflow the workflow's name
 * @param payload what it takes
 * @param createdAt when the instance was started, by the platform's clock; empty when the platform
 *     does not say
 * @param caller who started it; empty when the platform does not say
 * @param <I> what it takes
 */
public record WorkflowRun<I>(
    String instanceId,
    String workflow,
    I payload,
    Optional<Instant> createdAt,
    Optional<Caller> caller) {

  /** Returns workflow and instance id; not the payload, for it may be secret. */
  @Override
  public String toString() {
    return "WorkflowRun[workflow=" + workflow + ", instanceId=" + instanceId + "]";
  }
}

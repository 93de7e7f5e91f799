package io.w7s.sdk.workflow;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One try of a workflow instance as its handler sees it. The same instance comes again when its
 * handler threw.
 *
 * @param instanceId the full instance id
 * @param workflow the workflow's name
 * @param payload what it takes; null where the starter sent JSON null or nothing, which this SDK
 *     sends for the type {@code Void} only, and where the workflow's input is {@code Void}
 * @param createdAt when the instance was started, by the platform's clock; empty when the platform
 *     does not say
 * @param caller who started it; empty when the platform does not say
 * @param <I> what it takes
 */
public record WorkflowRun<I>(
    String instanceId,
    String workflow,
    @Nullable I payload,
    Optional<Instant> createdAt,
    Optional<Caller> caller) {

  /** Returns workflow and instance id; not the payload, for it may be secret. */
  @Override
  public String toString() {
    return "WorkflowRun[workflow=" + workflow + ", instanceId=" + instanceId + "]";
  }
}

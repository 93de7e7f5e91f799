package io.w7s.sdk.workflow;

/**
 * A workflow instance at one moment.
 *
 * @param id the full instance id, as the platform made it
 * @param status how it is doing
 */
public record WorkflowInstance(String id, WorkflowStatus status) {}

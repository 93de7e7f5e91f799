package io.w7s.sdk.emulator.workflow;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.StoredExecution;
import io.w7s.sdk.internal.wire.WorkflowDelivery;
import java.time.Instant;

/**
 * A workflow execution as it was started. The payload is not copied.
 *
 * @param id the full instance id
 * @param owner the app that declares the workflow, in its environment
 * @param workflow the name of the workflow
 * @param path the path of the app that runs the workflow
 * @param caller the app that started the execution
 * @param createdAt when the execution was started
 * @param payload the input, JSON
 */
public record WorkflowExecution(
    String id,
    AppInstance owner,
    String workflow,
    String path,
    Caller caller,
    Instant createdAt,
    byte[] payload) {

  /** Returns the JSON that the platform stores: the payload with its starter, time and target. */
  public byte[] toEnvelope() {
    return new StoredExecution(createdAt, caller, target(), JsonSlice.of(payload)).toJson();
  }

  /** Returns the JSON that is delivered to the app. */
  public byte[] toDelivery() {
    return new WorkflowDelivery(
            workflow, workflow, id, createdAt, caller, target(), JsonSlice.of(payload))
        .toJson();
  }

  private WorkflowDelivery.Target target() {
    return new WorkflowDelivery.Target(owner.app(), owner.environment(), workflow, path);
  }

  /** Returns the id and the workflow, but not the payload, which may be secret. */
  @Override
  public String toString() {
    return "instance " + id + " of " + workflow + " of " + owner;
  }
}

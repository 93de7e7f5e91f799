package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A workflow instance as it was started. The payload is handed over, not copied.
 *
 * @param id the full instance id
 * @param owner the app that declares the workflow, and its environment
 * @param workflow the workflow's name
 * @param path the path that runs it
 * @param caller who started it
 * @param createdAt when
 * @param payload the input, JSON
 */
public record WorkflowExecution(
    String id,
    Caller owner,
    String workflow,
    String path,
    Caller caller,
    Instant createdAt,
    byte[] payload) {

  /** Returns the JSON that the platform stores: the payload with what it knows of the instance. */
  public byte[] toEnvelope() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("version", 1);
    putContext(fields);
    return Envelope.json(fields, "payload", payload);
  }

  WorkflowStore.Key key() {
    return new WorkflowStore.Key(owner, workflow, id);
  }

  /** The body of a delivery. */
  byte[] toDelivery() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("workflow", workflow);
    fields.put("workflowName", workflow);
    fields.put("instanceId", id);
    putContext(fields);
    return Envelope.json(fields, "payload", payload);
  }

  private void putContext(Map<String, @Nullable Object> fields) {
    Map<String, @Nullable Object> target = Envelope.caller(owner);
    target.put("workflow", workflow);
    target.put("path", path);
    fields.put("createdAt", Envelope.text(createdAt));
    fields.put("caller", Envelope.caller(caller));
    fields.put("target", target);
  }

  /** Returns id and workflow; not the payload, for it may be secret. */
  @Override
  public String toString() {
    return "instance " + id + " of " + workflow + " of " + owner;
  }
}

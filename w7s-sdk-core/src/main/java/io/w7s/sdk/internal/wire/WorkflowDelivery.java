package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of a workflow delivery.
 *
 * @param workflow the logical name
 * @param workflowName the platform's name; null where the sender is local
 * @param instanceId names the run, the same at each retry
 * @param createdAt when the run was started
 * @param caller who started it
 * @param target what is run, which is the receiving app's own; null where the sender does not say
 * @param payload the input, in the delivery's own bytes
 */
public record WorkflowDelivery(
    String workflow,
    @Nullable String workflowName,
    String instanceId,
    @Nullable Instant createdAt,
    @Nullable Caller caller,
    @Nullable Target target,
    JsonSlice payload) {

  private static final JsonFields FIELDS =
      JsonFields.of(
          "workflow", "workflowName", "instanceId", "createdAt", "caller", "target", "payload");

  /**
   * What is run.
   *
   * @param app the app that declares the workflow
   * @param environment the environment it runs in
   * @param workflow the logical name
   * @param path the path that runs it
   */
  public record Target(AppId app, Environment environment, String workflow, String path) {

    /** Writes the field {@code target}. */
    void write(JsonWriter out) {
      CallerJson.writeApp(out.name("target").beginObject(), app, environment)
          .field("workflow", workflow)
          .field("path", path)
          .endObject();
    }
  }

  /**
   * Reads a delivery.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static WorkflowDelivery read(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), "workflow delivery", WorkflowDelivery::read);
  }

  private static WorkflowDelivery read(JsonReader in) {
    String workflow = null;
    String workflowName = null;
    String instanceId = null;
    Instant createdAt = null;
    Caller caller = null;
    JsonSlice payload = JsonSlice.ofNull();
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "workflow" -> workflow = in.text();
        case "workflowName" -> workflowName = in.textOrNull();
        case "instanceId" -> instanceId = in.text();
        case "createdAt" -> createdAt = in.instantOrNull();
        case "caller" -> caller = new CallerJson().readOrNull(in);
        case "payload" -> payload = in.slice();
        default -> in.skip();
      }
    }
    return new WorkflowDelivery(
        in.required("workflow", workflow),
        workflowName,
        in.required("instanceId", instanceId),
        createdAt,
        caller,
        null, // the receiver knows itself
        payload);
  }

  /**
   * Writes the delivery with the payload copied byte for byte; fields that are null are left out.
   */
  public byte[] toJson() {
    var out = new JsonWriter(384 + payload.length());
    out.beginObject().field("workflow", workflow).field("workflowName", workflowName);
    out.field("instanceId", instanceId).field("createdAt", createdAt);
    if (caller != null) {
      new CallerJson().write(out, caller);
    }
    if (target != null) {
      target.write(out);
    }
    return out.field("payload", payload).endObject().toBytes();
  }
}

package io.w7s.sdk.internal.wire;

import io.w7s.sdk.Caller;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A workflow execution as the platform stores it: {@code
 * {"version":1,"createdAt","caller","target","payload"}}. Only the platform reads it.
 *
 * @param createdAt when the execution was started
 * @param caller who started it; null when unknown
 * @param target what is run
 * @param payload the input
 */
public record StoredExecution(
    Instant createdAt, @Nullable Caller caller, WorkflowDelivery.Target target, JsonSlice payload) {

  /** Writes the execution, with the payload copied byte for byte. */
  public byte[] toJson() {
    var out = new JsonWriter(512 + payload.length());
    out.beginObject().field("version", 1).field("createdAt", createdAt);
    new CallerJson().writeOrNull(out, caller);
    target.write(out);
    return out.field("payload", payload).endObject().toBytes();
  }
}

package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a run of a durable workflow stands: the response to its delivery, unless the run ended within
 * it, and to who asks the app later.
 *
 * @param state {@code running}, {@code waiting}, {@code complete} or {@code failed}
 * @param output the result, in the body's own bytes; null unless it is complete, and in the output
 *     of an instance also when it is too large for that
 * @param error why it failed; null where it has not
 * @param dueAt when it is taken up again; null once it has ended
 */
public record RunReport(
    String state, @Nullable JsonSlice output, @Nullable String error, @Nullable Instant dueAt) {

  /** The content type, by which a response to a delivery is told from a result. */
  public static final String CONTENT_TYPE = "application/vnd.w7s.run+json";

  private static final JsonFields FIELDS = JsonFields.of("state", "output", "error", "dueAt");

  /** Returns the path below the app where a run's report is, as a template for its instance id. */
  public static String path(String workflowPath) {
    return workflowPath + "/runs/{instance}";
  }

  /**
   * Reads a report.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static RunReport read(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), "run of a workflow", RunReport::read);
  }

  private static RunReport read(JsonReader in) {
    String state = null;
    JsonSlice output = null;
    String error = null;
    Instant dueAt = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "state" -> state = in.text();
        case "output" -> output = in.slice();
        case "error" -> error = in.textOrNull();
        case "dueAt" -> dueAt = in.instantOrNull();
        default -> in.skip();
      }
    }
    return new RunReport(in.required("state", state), output, error, dueAt);
  }

  /** Writes the report; fields that are null are left out. */
  public byte[] toJson() {
    var out = new JsonWriter(128 + (output == null ? 0 : output.length()));
    out.beginObject().field("state", state);
    if (output != null) {
      out.field("output", output);
    }
    return out.field("error", error).field("dueAt", dueAt).endObject().toBytes();
  }
}

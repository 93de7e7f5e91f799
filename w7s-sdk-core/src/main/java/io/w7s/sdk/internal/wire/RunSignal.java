package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;

/**
 * The body of a signal: an event for a run of a durable workflow.
 *
 * @param name the name of the event
 * @param id its id
 * @param value its value, never JSON null
 */
public record RunSignal(String name, String id, JsonSlice value) {

  private static final JsonFields FIELDS = JsonFields.of("name", "id", "value");

  /** Returns the path below the app that takes signals, as a template for the instance id. */
  public static String path(String workflowPath) {
    return RunReport.path(workflowPath) + "/events";
  }

  /**
   * Reads a signal.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static RunSignal read(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), "event for a run", RunSignal::read);
  }

  private static RunSignal read(JsonReader in) {
    String event = null;
    String id = null;
    JsonSlice value = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "name" -> event = in.text();
        case "id" -> id = in.text();
        case "value" -> value = in.skipNull() ? null : in.slice();
        default -> in.skip();
      }
    }
    return new RunSignal(
        in.required("name", event), in.required("id", id), in.required("value", value));
  }

  /** Writes the signal. */
  public byte[] toJson() {
    return new JsonWriter(128 + value.length())
        .beginObject()
        .field("name", name)
        .field("id", id)
        .field("value", value)
        .endObject()
        .toBytes();
  }
}

package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response of the control plane. It is recognised by its shape, not by its content
 * type.
 */
public sealed interface ControlResponse {

  /** The status of a success. */
  String SUCCESS = "success";

  /** The status of a failure. */
  String ERROR = "error";

  /** The fields of both shapes. */
  JsonFields FIELDS = JsonFields.of("status", "data", "error", "details");

  /**
   * {@code {"status":"success","data":...}}.
   *
   * @param data in the response's own bytes
   */
  record Success(JsonSlice data) implements ControlResponse {

    @Override
    public byte[] toJson() {
      return new JsonWriter(32 + data.length())
          .beginObject()
          .field("status", SUCCESS)
          .field("data", data)
          .endObject()
          .toBytes();
    }
  }

  /**
   * {@code {"status":"error","error":"text","details":{...}?}}.
   *
   * @param message the platform's text
   * @param details plain Java values, unmodifiable; empty when there are none
   */
  record Failure(String message, Map<String, @Nullable Object> details) implements ControlResponse {

    /** Writes the failure; the details are left out when there are none. */
    @Override
    public byte[] toJson() {
      var fields = new LinkedHashMap<String, @Nullable Object>();
      fields.put("status", ERROR);
      fields.put("error", message);
      if (!details.isEmpty()) {
        fields.put("details", details);
      }
      return JsonValues.write(fields).getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Writes the response. */
  byte[] toJson();

  /** Returns the response; empty when the body has neither shape, whatever else it may be. */
  static Optional<ControlResponse> read(byte[] body) {
    try {
      return JsonReader.read(JsonSlice.of(body), "control plane response", ControlResponse::read);
    } catch (CodecException | InvalidInputException e) {
      return Optional.empty();
    }
  }

  private static Optional<ControlResponse> read(JsonReader in) {
    String status = null;
    JsonSlice data = null;
    JsonSlice error = null;
    JsonSlice details = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "status" -> status = in.text();
        case "data" -> data = in.slice();
        case "error" -> error = in.slice();
        case "details" -> details = in.slice();
        default -> in.skip();
      }
    }
    if (SUCCESS.equals(status) && data != null) {
      return Optional.of(new Success(data));
    }
    if (ERROR.equals(status) && error != null && plain(error) instanceof String message) {
      return Optional.of(new Failure(message, object(details)));
    }
    return Optional.empty();
  }

  private static Map<String, @Nullable Object> object(@Nullable JsonSlice json) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    if (json != null && plain(json) instanceof Map<?, ?> object) {
      object.forEach((key, value) -> values.put((String) key, value));
    }
    return Collections.unmodifiableMap(values);
  }

  private static @Nullable Object plain(JsonSlice json) {
    return JsonValues.parse(json.toBytes());
  }
}

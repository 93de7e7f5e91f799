package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the control plane answered, told by the shape of the body and not by its content type. */
public sealed interface ControlResponse {

  /** The fields of both shapes. */
  JsonFields FIELDS = JsonFields.of("status", "data", "error", "details");

  /**
   * {@code {"status":"success","data":...}}.
   *
   * @param data in the answer's own bytes
   */
  record Success(JsonSlice data) implements ControlResponse {}

  /**
   * {@code {"status":"error","error":"text","details":{...}?}}.
   *
   * @param message the platform's text
   * @param details plain Java values, unmodifiable; empty when there are none
   */
  record Failure(String message, Map<String, @Nullable Object> details)
      implements ControlResponse {}

  /** Returns the answer; empty when the body has neither shape, whatever else it may be. */
  static Optional<ControlResponse> read(byte[] body) {
    try {
      return JsonReader.read(JsonSlice.of(body), "control plane answer", ControlResponse::read);
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
    if ("success".equals(status) && data != null) {
      return Optional.of(new Success(data));
    }
    if ("error".equals(status) && error != null && plain(error) instanceof String message) {
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

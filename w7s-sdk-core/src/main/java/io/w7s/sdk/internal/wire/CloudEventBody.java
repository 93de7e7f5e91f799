package io.w7s.sdk.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.ByteSearch;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.text.WireInstant;
import io.w7s.sdk.queue.CloudEvent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A queue message's body that is a CloudEvent 1.0 in structured JSON.
 *
 * @param attributes what it says of itself
 * @param traceParent the trace that it belongs to; null for none
 * @param data what it is about, in the message's own bytes
 */
public record CloudEventBody(CloudEvent attributes, @Nullable String traceParent, JsonSlice data) {

  /** What a CloudEvent is known by. */
  static final String SPEC_VERSION = "specversion";

  /** The version that is written; those that begin alike are read. */
  static final String VERSION = "1.0";

  private static final ByteSearch MARK =
      new ByteSearch(SPEC_VERSION.getBytes(StandardCharsets.US_ASCII));

  /**
   * Reads a body if it is a CloudEvent: an object with {@code specversion}, {@code id}, {@code
   * source} and {@code type}, all of them text.
   *
   * @return empty when it is not, whatever else it is
   * @throws CodecException when it is not JSON, or its data is not
   */
  public static Optional<CloudEventBody> read(JsonSlice json) {
    // Hardly any body is one, so hardly any is read twice.
    return json.contains(MARK)
        ? JsonReader.read(json, "message body", CloudEventBody::read)
        : Optional.empty();
  }

  private static Optional<CloudEventBody> read(JsonReader in) {
    if (!in.isObject()) {
      in.skip();
      return Optional.empty();
    }
    String specVersion = null;
    String id = null;
    String source = null;
    String type = null;
    String time = null;
    String traceParent = null;
    JsonSlice data = JsonSlice.ofNull();
    boolean binary = false;
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case SPEC_VERSION -> specVersion = in.textIfText();
        case "id" -> id = in.textIfText();
        case "source" -> source = in.textIfText();
        case "type" -> type = in.textIfText();
        case "time" -> time = in.textIfText();
        case TraceParent.NAME -> traceParent = TraceParent.orNull(in.textIfText());
        case "data" -> data = in.slice();
        case "data_base64" -> {
          binary = true;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (!isVersion(specVersion) || id == null || source == null || type == null) {
      return Optional.empty();
    }
    if (binary) {
      throw refuseBinary();
    }
    return Optional.of(
        new CloudEventBody(new CloudEvent(id, source, type, instant(time)), traceParent, data));
  }

  static boolean isVersion(@Nullable String specVersion) {
    return specVersion != null && specVersion.startsWith("1.");
  }

  static CodecException refuseBinary() {
    return new CodecException("CloudEvent", "$.data_base64", "must be data, in JSON", null);
  }

  private static Optional<Instant> instant(@Nullable String time) {
    try {
      return time == null ? Optional.empty() : Optional.of(WireInstant.parse(time));
    } catch (DateTimeException unclear) {
      return Optional.empty();
    }
  }

  /** Writes it with the data copied byte for byte. */
  public byte[] toJson() {
    return new JsonWriter(256 + data.length())
        .beginObject()
        .field(SPEC_VERSION, VERSION)
        .field("id", attributes.id())
        .field("source", attributes.source())
        .field("type", attributes.type())
        .field("time", attributes.time().orElse(null))
        .field(TraceParent.NAME, traceParent)
        .field("data", data)
        .endObject()
        .toBytes();
  }
}

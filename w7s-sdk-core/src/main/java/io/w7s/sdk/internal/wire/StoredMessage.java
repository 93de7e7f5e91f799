package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as the platform's queue stores it: {@code
 * {"version":1,"enqueuedAt","caller","target","body"}}. JSON without that shape is the body of a
 * message whose sender and time are unknown.
 *
 * @param enqueuedAt when the message was sent; null when unknown
 * @param caller who sent it; null when unknown
 * @param body the payload, in the stored bytes
 */
public record StoredMessage(@Nullable Instant enqueuedAt, @Nullable Caller caller, JsonSlice body) {

  private static final JsonFields FIELDS = JsonFields.of("version", "body", "enqueuedAt", "caller");
  private static final JsonSlice VERSION_1 = JsonSlice.of(new byte[] {'1'});

  /**
   * Reads a stored message.
   *
   * @throws CodecException when it is not JSON, or a field of version 1 is malformed
   */
  public static StoredMessage read(byte[] stored) {
    JsonSlice json = JsonSlice.of(stored);
    StoredMessage message = JsonReader.read(json, "stored message", StoredMessage::read);
    return message != null ? message : new StoredMessage(null, null, json);
  }

  private static @Nullable StoredMessage read(JsonReader in) {
    if (!in.isObject()) {
      in.skip();
      return null;
    }
    boolean version1 = false;
    JsonSlice body = null;
    Instant enqueuedAt = null;
    Caller caller = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "version" -> version1 = in.slice().equals(VERSION_1);
        case "body" -> body = in.slice();
        case "enqueuedAt" -> enqueuedAt = in.instantOrNull();
        case "caller" -> caller = new CallerJson().readOrNull(in);
        default -> in.skip();
      }
    }
    return version1 && body != null ? new StoredMessage(enqueuedAt, caller, body) : null;
  }

  /**
   * Writes the message, with the body copied byte for byte.
   *
   * @param app the app that declares the queue
   * @param queue the name of the queue
   */
  public byte[] toJson(AppId app, String queue) {
    var out = new JsonWriter(512 + body.length());
    out.beginObject().field("version", 1).field("enqueuedAt", enqueuedAt);
    new CallerJson().writeOrNull(out, caller);
    CallerJson.writeApp(out.name("target").beginObject(), app).field("queue", queue).endObject();
    return out.field("body", body).endObject().toBytes();
  }
}

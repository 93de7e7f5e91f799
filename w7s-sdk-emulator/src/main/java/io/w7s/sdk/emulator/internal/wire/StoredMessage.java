package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a queue's store holds, as the platform reads it: an envelope of version 1, or JSON that
 * somebody put there without one, which then is the body of a message without sender and time.
 *
 * @param enqueuedAt when the message was sent; null where that is not known
 * @param caller who sent it; null where that is not known
 * @param body JSON
 */
public record StoredMessage(@Nullable Instant enqueuedAt, @Nullable Caller caller, byte[] body) {

  private static final String SHAPE = "stored message";
  private static final JsonFields FIELDS = JsonFields.of("version", "body", "enqueuedAt", "caller");
  private static final JsonFields CALLER = JsonFields.of("orgSlug", "repoSlug", "environment");

  /**
   * Reads what is stored.
   *
   * @throws io.w7s.sdk.error.CodecException when it is not JSON
   */
  public static StoredMessage read(byte[] stored) {
    JsonSlice json = JsonSlice.of(stored);
    StoredMessage message = JsonReader.read(json, SHAPE, StoredMessage::envelope);
    return message != null ? message : new StoredMessage(null, null, stored);
  }

  private static @Nullable StoredMessage envelope(JsonReader in) {
    if (!in.isObject()) {
      in.skip();
      return null;
    }
    boolean firstVersion = false;
    byte[] body = null;
    Instant enqueuedAt = null;
    Caller caller = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "version" -> firstVersion = in.slice().equals(JsonSlice.of(new byte[] {'1'}));
        case "body" -> body = in.slice().toBytes();
        case "enqueuedAt" -> enqueuedAt = in.instantOrNull();
        case "caller" -> caller = caller(in);
        default -> in.skip();
      }
    }
    return firstVersion && body != null ? new StoredMessage(enqueuedAt, caller, body) : null;
  }

  private static @Nullable Caller caller(JsonReader in) {
    if (in.skipNull()) {
      return null;
    }
    String owner = null;
    String repo = null;
    String environment = null;
    in.enterObject();
    for (String name = in.nextField(CALLER); name != null; name = in.nextField(CALLER)) {
      switch (name) {
        case "orgSlug" -> owner = in.text();
        case "repoSlug" -> repo = in.text();
        case "environment" -> environment = in.text();
        default -> in.skip();
      }
    }
    return new Caller(
        new AppId(in.required("orgSlug", owner), in.required("repoSlug", repo)),
        new Environment(in.required("environment", environment)));
  }
}

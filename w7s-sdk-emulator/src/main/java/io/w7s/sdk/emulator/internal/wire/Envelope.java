package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.internal.text.WireInstant;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The JSON in which the platform stores messages and workflow executions, and its limit on the size
 * of that JSON.
 */
public final class Envelope {

  /** More than an envelope has besides the body. */
  private static final int MOST_AROUND = 4_096;

  private Envelope() {}

  /** Cuts an instant to the millisecond, which is what the envelopes of the platform hold. */
  public static Instant toMillisecond(Instant instant) {
    return instant.get(ChronoField.NANO_OF_SECOND) % 1_000_000 == 0
        ? instant
        : instant.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Writes an instant as the platform does, to the millisecond. */
  public static String text(Instant instant) {
    return new String(WireInstant.format(instant), StandardCharsets.US_ASCII);
  }

  /** Returns the JSON that the platform stores for a message. */
  public static byte[] ofMessage(
      AppId app, String queue, @Nullable Caller caller, Instant enqueuedAt, byte[] body) {
    var out = new JsonWriter(512 + body.length);
    out.beginObject().field("version", 1).field("enqueuedAt", enqueuedAt);
    writeCaller(out, caller);
    writeApp(out.name("target").beginObject(), app).field("queue", queue).endObject();
    return out.field("body", JsonSlice.of(body)).endObject().toBytes();
  }

  /** Returns the JSON that the platform stores for a workflow execution. */
  public static byte[] ofExecution(
      AppId app,
      Environment environment,
      String workflow,
      String path,
      @Nullable Caller caller,
      Instant createdAt,
      byte[] payload) {
    var out = new JsonWriter(512 + payload.length);
    out.beginObject().field("version", 1).field("createdAt", createdAt);
    writeCaller(out, caller);
    writeApp(out.name("target").beginObject(), app)
        .field("environment", environment.name())
        .field("workflow", workflow)
        .field("path", path)
        .endObject();
    return out.field("payload", JsonSlice.of(payload)).endObject().toBytes();
  }

  private static void writeCaller(JsonWriter out, @Nullable Caller caller) {
    if (caller == null) {
      out.field("caller", JsonSlice.ofNull());
    } else {
      writeApp(out.name("caller").beginObject(), caller.app())
          .field("environment", caller.environment().name())
          .endObject();
    }
  }

  private static JsonWriter writeApp(JsonWriter out, AppId app) {
    return out.field("orgSlug", app.owner())
        .field("repoSlug", app.repo())
        .field("repository", app.toString());
  }

  /**
   * Returns the JSON in the body of a request, {@code null} when the body is empty.
   *
   * @param what the name of the body in messages
   * @throws Refusal with 413 when the body is too large, with 400 when it is not JSON
   */
  public static byte[] body(String what, byte[] sent) {
    String text = new String(sent, StandardCharsets.UTF_8);
    if (Names.trimmed(text.startsWith("\uFEFF") ? text.substring(1) : text).isEmpty()) {
      return JsonSlice.ofNull().toBytes();
    }
    requireFits(what, sent.length);
    byte[] stored = stored(what, sent);
    try {
      JsonSlice.of(stored).requireJson(what);
    } catch (CodecException notJson) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notJson.getMessage()));
    }
    return stored;
  }

  /**
   * Returns a body as the platform stores it.
   *
   * @throws Refusal with 400 when it is not JSON
   */
  public static byte[] stored(String what, byte[] body) {
    try {
      return JavaScriptJson.stored(body);
    } catch (JacksonException notJson) {
      throw new Refusal(Refusal.BAD_REQUEST, "The %s is not JSON".formatted(what));
    }
  }

  /**
   * Checks the size of a body as it is stored, and of the envelope around it.
   *
   * @throws Refusal with 413 when one of them is too large
   */
  public static void requireFits(String what, byte[] body, Supplier<byte[]> envelope) {
    requireFits(what, body.length);
    if (body.length > PlatformLimits.MAX_BODY_BYTES - MOST_AROUND) {
      requireFits(what + " with its envelope", envelope.get().length);
    }
  }

  private static void requireFits(String what, int bytes) {
    if (bytes > PlatformLimits.MAX_BODY_BYTES) {
      throw new Refusal(
          Refusal.TOO_LARGE,
          "The %s has %d bytes, at most %d are allowed"
              .formatted(what, bytes, PlatformLimits.MAX_BODY_BYTES));
    }
  }
}

package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.Names;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The JSON around bodies and payloads, and the platform's limit on how large the two may be. */
final class Envelope {

  static final int MOST_BYTES = 65_536;

  /** More than any envelope has beside the body. */
  private static final int MOST_AROUND = 4_096;

  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private Envelope() {}

  /** An object with one more field, the value of which is JSON already. */
  static byte[] json(Map<String, ? extends @Nullable Object> fields, String name, byte[] value) {
    byte[] known = JsonValues.write(fields).getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(known.length + name.length() + value.length + 4);
    out.write(known, 0, known.length - 1);
    out.writeBytes((",\"" + name + "\":").getBytes(StandardCharsets.UTF_8));
    out.writeBytes(value);
    out.write('}');
    return out.toByteArray();
  }

  static String text(Instant instant) {
    return MILLISECONDS.format(instant);
  }

  /** The envelopes of the platform have milliseconds. */
  static Instant toMillisecond(Instant instant) {
    return instant.get(ChronoField.NANO_OF_SECOND) % 1_000_000 == 0
        ? instant
        : instant.truncatedTo(ChronoUnit.MILLIS);
  }

  /** The JSON that the platform stores of a message: the body with what it knows of it. */
  static byte[] ofMessage(QueueId queue, @Nullable Caller caller, Instant enqueuedAt, byte[] body) {
    Map<String, @Nullable Object> target = app(queue.app());
    target.put("queue", queue.name());
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("version", 1);
    fields.put("enqueuedAt", text(enqueuedAt));
    fields.put("caller", caller == null ? null : caller(caller));
    fields.put("target", target);
    return json(fields, "body", body);
  }

  static Map<String, @Nullable Object> app(AppId app) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("orgSlug", app.owner());
    fields.put("repoSlug", app.repo());
    fields.put("repository", app.toString());
    return fields;
  }

  static Map<String, @Nullable Object> caller(Caller caller) {
    Map<String, @Nullable Object> fields = app(caller.app());
    fields.put("environment", caller.environment().name());
    return fields;
  }

  /**
   * Returns the JSON of a request's body, {@code null} for an empty one.
   *
   * @param what what it is, for messages
   * @throws Refusal with 413 when it is too large, 400 when it is not JSON
   */
  static byte[] body(String what, byte[] sent) {
    boolean blank = Names.trimmed(new String(sent, StandardCharsets.UTF_8)).isEmpty();
    if (blank) {
      return JsonSlice.ofNull().toBytes();
    }
    requireFits(what, sent.length);
    try {
      JsonSlice.of(sent).requireJson(what);
    } catch (CodecException notJson) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notJson.getMessage()));
    }
    return sent;
  }

  /** Checks a body, and the envelope that it is to be stored in. */
  static void requireFits(String what, byte[] body, Supplier<byte[]> envelope) {
    requireFits(what, body.length);
    if (body.length <= MOST_BYTES - MOST_AROUND) {
      return;
    }
    int size = envelope.get().length;
    if (size > MOST_BYTES) {
      // the platform stores it without the white space that the sender may have put in
      requireFits(what + " with its envelope", size - body.length + compact(body));
    }
  }

  private static void requireFits(String what, int bytes) {
    if (bytes > MOST_BYTES) {
      throw new Refusal(
          Refusal.TOO_LARGE,
          "The %s has %d bytes, at most are %d allowed".formatted(what, bytes, MOST_BYTES));
    }
  }

  private static int compact(byte[] json) {
    try {
      return JsonValues.write(JsonValues.parse(json)).getBytes(StandardCharsets.UTF_8).length;
    } catch (InvalidInputException tooDeep) {
      return json.length;
    }
  }
}

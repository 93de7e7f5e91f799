package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.PlatformLimits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/** What the platform makes of the bodies that it stores, and its limit on their size. */
public final class StoredJson {

  /** More bytes than an envelope ever has besides the body. */
  private static final int MAX_ENVELOPE = 4_096;

  private StoredJson() {}

  /** Cuts an instant to the millisecond, which is what the platform stores. */
  public static Instant toMillisecond(Instant instant) {
    return instant.get(ChronoField.NANO_OF_SECOND) % 1_000_000 == 0
        ? instant
        : instant.truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Returns the JSON in the body of a request, {@code null} when the body is empty.
   *
   * @param what the name of the body in messages
   * @throws Refusal with 413 when the body is too large, with 400 when it is not JSON
   */
  public static byte[] ofRequest(String what, byte[] sent) {
    String text = new String(sent, StandardCharsets.UTF_8);
    if (Names.trimmed(text.startsWith("\uFEFF") ? text.substring(1) : text).isEmpty()) {
      return JsonSlice.ofNull().toBytes();
    }
    requireFits(what, sent.length);
    byte[] stored = of(what, sent);
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
  public static byte[] of(String what, byte[] body) {
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
    if (body.length > PlatformLimits.MAX_BODY_BYTES - MAX_ENVELOPE) {
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

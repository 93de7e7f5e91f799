package io.w7s.sdk.json;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonSlice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A body that is JSON already. As the type of a queue, an event, a workflow or a route it has the
 * SDK send the JSON byte for byte, and hand it to a handler as it came, whatever the codec is. Only
 * a whole body can be one: in a field of another type it is a class like any other. Immutable.
 *
 * <pre>{@code
 * QueueRef<RawJson> jobs = AppRef.of("acme/worker").queue("jobs", RawJson.class);
 * w7s.queues().send(jobs, RawJson.of("{\"to\":\"a@b.c\"}"));
 * }</pre>
 */
public final class RawJson {

  private final byte[] utf8;

  private RawJson(byte[] utf8) {
    this.utf8 = utf8;
  }

  /**
   * Returns some JSON.
   *
   * @param utf8 one JSON value in UTF-8; handed over, not copied
   * @throws CodecException when it is not
   */
  public static RawJson of(byte[] utf8) {
    JsonSlice.of(utf8).requireJson("RawJson");
    return new RawJson(utf8);
  }

  /**
   * Returns some JSON.
   *
   * @param text one JSON value
   * @throws CodecException when it is not
   */
  public static RawJson of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the JSON in UTF-8; not a copy, so leave the array as it is. */
  public byte[] utf8() {
    return utf8;
  }

  /** Returns the JSON as text. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Returns whether the other object is the same JSON, byte for byte. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RawJson json && Arrays.equals(utf8, json.utf8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(utf8);
  }

  /** Returns the size only: the JSON may be secret. */
  @Override
  public String toString() {
    return "RawJson[" + utf8.length + " bytes]";
  }
}

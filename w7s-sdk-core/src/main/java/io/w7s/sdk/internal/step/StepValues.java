package io.w7s.sdk.internal.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import org.jspecify.annotations.Nullable;

/** Writes and reads the values of steps, and names their types. */
final class StepValues {

  private static final int MAX_TYPE = 1_000;

  private final JsonCodec codec;
  private final RunLog steps;

  StepValues(JsonCodec codec, RunLog steps) {
    this.codec = codec;
    this.steps = steps;
  }

  /** Returns the name of a type as the log has it; empty for no value. */
  static String typeName(TypeRef<?> type) {
    return cut(Bodies.isVoid(type) ? "" : type.toString());
  }

  static String cut(String type) {
    return type.length() <= MAX_TYPE ? type : type.substring(0, MAX_TYPE);
  }

  /**
   * Returns the JSON of a step's value; null for no value.
   *
   * @throws InvalidInputException when it is too large
   */
  <T extends @Nullable Object> @Nullable RawJson write(String step, T value, TypeRef<T> type) {
    return Bodies.isVoid(type)
        ? null
        : fitting(
            "value of step \"" + step + "\"",
            Bodies.write(codec, value, type),
            ": put it into a BlobStore, and return where it is");
  }

  /** Returns the JSON with which a run begins anew. */
  RawJson writePayload(@Nullable Object payload, TypeRef<?> type) {
    return fitting("payload to continue with", Bodies.write(codec, payload, type), "");
  }

  private static RawJson fitting(String field, byte[] json, String instead) {
    if (json.length > StepLog.MAX_VALUE_BYTES) {
      throw new InvalidInputException(
          field, json.length + " bytes of JSON", "at most " + StepLog.MAX_VALUE_BYTES + instead);
    }
    return RawJson.of(json);
  }

  <T extends @Nullable Object> @Nullable T decode(StepRecord record, TypeRef<T> type) {
    RawJson json = record.value();
    return json == null ? null : Bodies.read(codec, JsonSlice.of(json.utf8()), type);
  }

  /** Reads a value of the log. If it does not fit, the type has changed under the same name. */
  <T extends @Nullable Object> @Nullable T read(StepRecord record, TypeRef<T> type) {
    try {
      return decode(record, type);
    } catch (CodecException changed) {
      throw steps.unreadable(record, String.valueOf(changed.getMessage()));
    }
  }
}

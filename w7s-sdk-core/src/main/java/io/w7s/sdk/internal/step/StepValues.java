package io.w7s.sdk.internal.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes and reads the values of a run, and names their types. Thread-safe. */
final class StepValues {

  private static final int MAX_TYPE = 1_000;

  private final JsonCodec codec;
  private final LargeValues large;
  private final RunLog steps;

  /** Until when the first of the blobs that the body has come across is kept; null for none. */
  private @Nullable Instant keptUntil;

  StepValues(JsonCodec codec, LargeValues large, RunLog steps) {
    this.codec = codec;
    this.large = large;
    this.steps = steps;
  }

  /** Returns the name of a type as the log has it; empty for no value. */
  static String typeName(TypeRef<?> type) {
    return cut(Bodies.isVoid(type) ? "" : type.toString());
  }

  static String cut(String type) {
    return type.length() <= MAX_TYPE ? type : type.substring(0, MAX_TYPE);
  }

  /** Returns the JSON of a step's value; null for no value. */
  <T extends @Nullable Object> @Nullable RawJson write(T value, TypeRef<T> type) {
    return Bodies.isVoid(type) ? null : RawJson.of(Bodies.write(codec, value, type));
  }

  /** Returns a value that was read from its JSON. */
  <T extends @Nullable Object> @Nullable T read(@Nullable RawJson json, TypeRef<T> type) {
    return json == null ? null : Bodies.read(codec, JsonSlice.of(json.utf8()), type);
  }

  /**
   * Returns what the log gets of the JSON of a step's value, which is stored first if it is large.
   *
   * @throws InvalidInputException when it is too large
   */
  @Nullable RawJson toLog(String step, @Nullable RawJson json) {
    return json == null ? null : moved("value of step \"" + step + "\"", json);
  }

  /** Returns what the log gets of the payload with which a run begins anew. */
  RawJson writePayload(@Nullable Object payload, TypeRef<?> type) {
    return moved("payload to continue with", RawJson.of(Bodies.write(codec, payload, type)));
  }

  /**
   * Returns what the log gets of the result of the run.
   *
   * @throws InvalidInputException when it is too large
   */
  RawJson writeResult(@Nullable Object result, TypeRef<?> type) {
    byte[] json = Bodies.write(codec, result, type);
    if (json.length > StepLog.MAX_RESULT_BYTES) {
      throw new InvalidInputException(
          "result",
          json.length + " bytes of JSON",
          "at most " + StepLog.MAX_RESULT_BYTES + ", which a handle gets in one response");
    }
    return moved("result", RawJson.of(json));
  }

  private RawJson moved(String what, RawJson json) {
    RawJson logged = large.toLog(what, json, steps.now(), steps.time().random());
    noteBlob(logged);
    return logged;
  }

  /**
   * Reads a value.
   *
   * @throws CodecException when it does not fit the type
   * @throws BlobReadException when it is in a blob that cannot be read. Then the body cannot go on
   */
  <T extends @Nullable Object> @Nullable T decode(StepRecord record, TypeRef<T> type) {
    RawJson logged = record.value();
    if (logged == null) {
      return null;
    }
    try {
      RawJson json =
          large.fromLog("value of step \"" + record.name() + "\" of " + steps.run().id(), logged);
      noteBlob(logged);
      return read(json, type);
    } catch (BlobReadException unread) {
      throw steps.over(unread);
    }
  }

  /** Reads a value of the log. If it does not fit, the type has changed under the same name. */
  <T extends @Nullable Object> @Nullable T read(StepRecord record, TypeRef<T> type) {
    try {
      return decode(record, type);
    } catch (BlobReadException unread) {
      throw unread;
    } catch (CodecException changed) {
      throw steps.unreadable(record, String.valueOf(changed.getMessage()));
    }
  }

  /** Reads the payload of the run, as {@link #decode} does. */
  <T extends @Nullable Object> @Nullable T readPayload(NewRun run, TypeRef<T> type) {
    try {
      RawJson payload = large.fromLog(run).payload();
      noteBlob(run.payload());
      return read(payload, type);
    } catch (BlobReadException unread) {
      throw steps.over(unread);
    }
  }

  private synchronized void noteBlob(RawJson logged) {
    Instant until = large.keptUntil(logged).orElse(null);
    if (until != null && (keptUntil == null || until.isBefore(keptUntil))) {
      keptUntil = until;
    }
  }

  /** Checks that what the body has come across is still there after a wait. */
  synchronized void requireKeptUntil(String step, Instant due) {
    if (keptUntil != null && due.isAfter(keptUntil)) {
      throw new InvalidInputException(
          "end of the wait \"" + step + "\" of " + steps.run().id(),
          due.toString(),
          "at most "
              + keptUntil
              + ", until when the blob store keeps a value of the run: give the store a longer"
              + " expiry");
    }
  }
}

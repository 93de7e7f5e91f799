package io.w7s.sdk.internal.step;

import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.BlobMessage;
import io.w7s.sdk.internal.wire.BlobReader;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Moves the values that are too large for a log into blobs, and reads them from there. In their
 * place the log has a reference, and never one that is not in place of another value. Thread-safe.
 *
 * @param store where they are; null for none
 * @param read whether the log may have references; otherwise what looks like one is a value
 * @param write whether values are stored; otherwise they are only checked
 */
public record LargeValues(@Nullable BlobStore store, boolean read, boolean write) {

  /** Returns those of a log. */
  public static LargeValues of(@Nullable BlobStore store) {
    return new LargeValues(store, true, true);
  }

  /** Returns those of a log, of which a recording stores none. */
  static LargeValues of(@Nullable BlobStore store, StepLog log) {
    return log instanceof RecordedLog recorded
        ? new LargeValues(store, recorded.hasReferences(), false)
        : of(store);
  }

  /** Returns whether the log has this in place of a value. */
  public static boolean isReference(RawJson logged) {
    return BlobMessage.isMarked(JsonSlice.of(logged.utf8()));
  }

  /** Returns the reference that the log has in place of a value; null where it has the value. */
  private @Nullable BlobRef reference(RawJson logged) {
    return read ? BlobMessage.read(JsonSlice.of(logged.utf8())) : null;
  }

  /** Returns whether the log cannot have a value itself. */
  public static boolean isMoved(RawJson value) {
    return value.utf8().length > StepLog.MAX_VALUE_BYTES || isReference(value);
  }

  /**
   * Returns what the log gets of a value: the value itself, unless it is too large, or looks like a
   * reference. Then it is stored first.
   *
   * @param what names the value
   * @param now when it is stored, which the reference says
   * @throws InvalidInputException when there is no store for it, or it is too large for the store
   */
  public RawJson toLog(String what, RawJson value, Instant now, RandomGenerator random) {
    if (!isMoved(value)) {
      return value;
    }
    byte[] json = value.utf8();
    if (store == null) {
      throw new InvalidInputException(
          what,
          json.length <= StepLog.MAX_VALUE_BYTES
              ? "JSON that looks like a reference to a blob"
              : json.length + " bytes of JSON",
          "at most "
              + StepLog.MAX_VALUE_BYTES
              + ", unless the app has a BlobStore for it: steps(log, each -> each.blobs(store))");
    }
    if (json.length > store.maxBytes()) {
      throw new InvalidInputException(
          what,
          json.length + " bytes of JSON",
          "at most " + store.maxBytes() + ", which the blob store takes");
    }
    if (!write) {
      return value;
    }
    BlobRef blob = BlobRef.of(RandomIds.next(now, random), json);
    store.put(blob, json);
    return RawJson.of(BlobMessage.toJson(blob));
  }

  /**
   * Returns the value of which the log has this.
   *
   * @param what names the value, and the run that it is of
   * @throws BlobReadException when it is in a blob that cannot be read
   */
  public RawJson fromLog(String what, RawJson logged) {
    BlobRef blob = reference(logged);
    if (blob == null) {
      return logged;
    }
    if (store == null) {
      throw new BlobReadException(
          blob.id(),
          "has the " + what + ", and the app has no store: steps(log, each -> each.blobs(store))",
          true,
          null);
    }
    try {
      return RawJson.of(BlobReader.read(store, blob));
    } catch (BlobReadException unread) {
      throw new BlobReadException(
          blob.id(),
          "has the " + what + ", which cannot be read: " + unread.getMessage(),
          unread.retryable(),
          unread);
    }
  }

  /** Returns until when a value is kept of which the log has this; empty where it has the value. */
  Optional<Instant> keptUntil(RawJson logged) {
    BlobRef blob = reference(logged);
    return blob == null || store == null
        ? Optional.empty()
        : RandomIds.time(blob.id()).map(storedAt -> LogTime.plus(storedAt, store.expiry()));
  }

  /** Returns a run with its payload as it was before it was moved. */
  NewRun fromLog(NewRun run) {
    RawJson payload = run.payload();
    return isReference(payload)
        ? new NewRun(
            run.id(), fromLog("payload of " + run.id(), payload), run.createdAt(), run.caller())
        : run;
  }

  /** Returns a step with its value as it was before it was moved. */
  StepRecord fromLog(RunId run, StepRecord step) {
    RawJson value = step.value();
    if (value == null || !isReference(value)) {
      return step;
    }
    return new StepRecord(
        step.position(),
        step.name(),
        step.kind(),
        step.type(),
        step.state(),
        step.attempts(),
        fromLog("value of step \"" + step.name() + "\" of " + run, value),
        step.error(),
        step.at(),
        step.dueAt());
  }
}

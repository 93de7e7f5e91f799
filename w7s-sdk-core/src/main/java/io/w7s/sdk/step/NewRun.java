package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a run is started with.
 *
 * @param id the run
 * @param payload the input
 * @param createdAt when the instance was started, by the platform's clock; null where unknown
 * @param caller who started it; null where the platform does not say
 */
public record NewRun(
    RunId id, RawJson payload, @Nullable Instant createdAt, @Nullable Caller caller) {

  /** Refuses null where it is not allowed. */
  public NewRun {
    requireNonNull(id, "id");
    requireNonNull(payload, "payload");
  }

  /** Returns the run. The payload is left out: it may be secret. */
  @Override
  public String toString() {
    return "NewRun[" + id + "]";
  }
}

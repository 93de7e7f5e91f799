package io.w7s.sdk.step;

import java.util.Map;

/**
 * What became of runs that were to be forked. Each of them is in one of the two maps.
 *
 * @param forked the new run by the old one; unmodifiable
 * @param refused why there is no new run, by the old one; unmodifiable
 */
public record ForkedRuns(Map<RunId, RunId> forked, Map<RunId, RunStateException> refused) {

  /** Copies the maps. */
  public ForkedRuns {
    forked = Map.copyOf(forked);
    refused = Map.copyOf(refused);
  }
}

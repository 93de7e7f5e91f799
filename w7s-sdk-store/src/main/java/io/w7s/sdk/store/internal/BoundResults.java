package io.w7s.sdk.store.internal;

import java.util.List;
import java.util.Map;

/** What a D1 database returned for a list of statements, in its order. */
public record BoundResults(List<Result> results) {

  /** Refuses null, also within. */
  public BoundResults {
    results = List.copyOf(results);
  }

  /**
   * What one statement returned.
   *
   * @param rows values by the names of their columns
   * @param changes how many rows it changed
   */
  public record Result(List<Map<String, Object>> rows, int changes) {

    /** Refuses null, also within. */
    public Result {
      rows = List.copyOf(rows);
    }
  }
}

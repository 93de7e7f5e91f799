package io.w7s.sdk.step;

import io.w7s.sdk.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of steps that have run side by side; see {@link Steps#all}. Immutable. */
public final class BranchResults {

  private final Map<Branch<?>, @Nullable Object> results;

  /**
   * Creates results. For the SDK and for tests.
   *
   * @param results the result of each branch; null for one without a result
   */
  public BranchResults(Map<Branch<?>, @Nullable Object> results) {
    this.results = new LinkedHashMap<>(results);
  }

  /**
   * Returns the result of a branch, as it was read back from the log.
   *
   * @throws InvalidInputException when it is none of these branches
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // the engine puts what the branch declares
  public <T extends @Nullable Object> T get(Branch<T> branch) {
    if (!results.containsKey(branch)) {
      throw new InvalidInputException(
          "branch", branch.name(), "one of those that have run: " + results.keySet());
    }
    return (T) results.get(branch);
  }

  /** Returns the results of several branches, in their order. */
  public <T> List<T> getAll(List<Branch<T>> branches) {
    return branches.stream().map(branch -> get(branch)).toList();
  }

  /** Returns the names of the branches. The results are left out: they may be secret. */
  @Override
  public String toString() {
    return "BranchResults" + results.keySet();
  }
}

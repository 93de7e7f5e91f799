package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which runs are meant, and which page of them. They come in one order: the one that was started
 * last comes first. The time of its start never changes, so each run that is there when a list
 * begins, and is meant all the time, is on exactly one of its pages. Immutable.
 *
 * <pre>{@code
 * RunQuery failed = RunQuery.all().workflow(CHECKOUT).state(RunStatus.State.FAILED);
 * List<RunInfo> first = app.runs().list(failed);
 * List<RunInfo> second = app.runs().list(failed.after(first.get(first.size() - 1)));
 * }</pre>
 */
public final class RunQuery {

  /** How many runs are on a page by default: 100. */
  public static final int DEFAULT_LIMIT = 100;

  /** How many runs are on a page at most: 1,000. */
  public static final int MAX_LIMIT = 1_000;

  private static final RunQuery ALL = new RunQuery();

  private @Nullable String workflow;
  private Set<RunStatus.State> states = Set.of();
  private @Nullable Instant from;
  private @Nullable Instant before;
  private @Nullable Instant afterStartedAt;
  private @Nullable RunId afterId;
  private int limit = DEFAULT_LIMIT;

  private RunQuery() {}

  private RunQuery with(Consumer<RunQuery> change) {
    var changed = new RunQuery();
    changed.workflow = workflow;
    changed.states = states;
    changed.from = from;
    changed.before = before;
    changed.afterStartedAt = afterStartedAt;
    changed.afterId = afterId;
    changed.limit = limit;
    change.accept(changed);
    return changed;
  }

  /** Returns a query for all runs. */
  public static RunQuery all() {
    return ALL;
  }

  /** Takes the runs of one workflow. */
  public RunQuery workflow(WorkflowRef<?, ?> workflow) {
    return workflow(workflow.toString());
  }

  /** Takes the runs of one workflow, {@code owner/repo/name}. */
  public RunQuery workflow(String workflow) {
    requireNonNull(workflow, "workflow");
    return with(query -> query.workflow = workflow);
  }

  /** Takes the runs in one state, or in one of several. */
  public RunQuery state(RunStatus.State state, RunStatus.State... more) {
    EnumSet<RunStatus.State> set = EnumSet.of(state, more);
    return with(query -> query.states = Set.copyOf(set));
  }

  /** Takes the runs that were started at a time or later. */
  public RunQuery startedFrom(Instant from) {
    requireNonNull(from, "from");
    return with(query -> query.from = from);
  }

  /** Takes the runs that were started before a time. */
  public RunQuery startedBefore(Instant before) {
    requireNonNull(before, "before");
    return with(query -> query.before = before);
  }

  /** Takes the runs that come after the last one of a page. */
  public RunQuery after(RunInfo last) {
    return after(last.startedAt(), last.id());
  }

  /**
   * Takes the runs that come after another.
   *
   * @param startedAt when that one was started
   * @param id that one; it need not be there any more
   */
  public RunQuery after(Instant startedAt, RunId id) {
    requireNonNull(startedAt, "startedAt");
    requireNonNull(id, "id");
    return with(
        query -> {
          query.afterStartedAt = startedAt;
          query.afterId = id;
        });
  }

  /**
   * Sets how many runs are on a page. Default {@link #DEFAULT_LIMIT}.
   *
   * @throws InvalidInputException when it is not from 1 to 1,000
   */
  public RunQuery limit(int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new InvalidInputException("limit", String.valueOf(limit), "from 1 to " + MAX_LIMIT);
    }
    return with(query -> query.limit = limit);
  }

  /** Returns the workflow; empty for all. */
  public Optional<String> workflow() {
    return Optional.ofNullable(workflow);
  }

  /** Returns the states; empty for all. */
  public Set<RunStatus.State> states() {
    return states;
  }

  /** Returns the earliest start; empty for any. */
  public Optional<Instant> startedFrom() {
    return Optional.ofNullable(from);
  }

  /** Returns the time before which the runs were started; empty for any. */
  public Optional<Instant> startedBefore() {
    return Optional.ofNullable(before);
  }

  /** Returns the start of the run after which the page begins; empty for the first page. */
  public Optional<Instant> afterStartedAt() {
    return Optional.ofNullable(afterStartedAt);
  }

  /** Returns the run after which the page begins; empty for the first page. */
  public Optional<RunId> afterId() {
    return Optional.ofNullable(afterId);
  }

  /** Returns how many runs are on the page at most. */
  public int limit() {
    return limit;
  }
}

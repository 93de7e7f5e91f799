package io.w7s.sdk.app;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.step.LargeValues;
import io.w7s.sdk.internal.step.RecordedRun;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.step.ForkedRuns;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunAdministration.Fork;
import io.w7s.sdk.step.RunAdministration.Kept;
import io.w7s.sdk.step.RunDetails;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStateException;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists, cancels, repeats and deletes the runs of durable workflows. Thread-safe.
 *
 * <pre>{@code
 * WorkflowRuns runs = app.runs();
 * List<RunInfo> failed = runs.list(RunQuery.all().state(RunStatus.State.FAILED));
 * runs.retry(failed.get(0).id());
 * }</pre>
 *
 * <p>It reads and writes the log alone, so it works also when no process of the app is there. What
 * it has made due is taken up by a {@link WorkflowRunner} within a second, by one in this process
 * at once.
 *
 * <p>Every method throws what the {@link StepLog} throws when it cannot be reached; whether
 * something was changed is unknown then. A method that takes a run throws {@link
 * InvalidInputException} when the run is of another workflow than these, or not in the log.
 */
public final class WorkflowRuns {

  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_-]{1,40}");
  private static final int MAX_REASON = 1_000;

  /** How the error of a run begins that was not ended by its body. */
  private static final String TERMINATED = "terminated: ";

  private static final int FORKS_AT_ONCE = 100;
  private static final int DELETED_AT_ONCE = 200;

  private final StepLog log;
  private final RunAdministration administration;
  private final List<String> workflows;
  private final LargeValues large;
  private final Runnable changed;

  WorkflowRuns(StepLog log, List<String> workflows, LargeValues large, Runnable changed) {
    this.log = log;
    this.administration = log.administration();
    this.workflows = workflows;
    this.large = large;
    this.changed = changed;
  }

  /**
   * Returns the runs of some workflows, for a process that does not have their app. One that has it
   * calls {@link W7sApp#runs()}.
   */
  public static WorkflowRuns of(
      StepLog log, WorkflowRef<?, ?> workflow, WorkflowRef<?, ?>... more) {
    return new WorkflowRuns(
        requireNonNull(log, "log"),
        Stream.concat(Stream.of(workflow), Stream.of(more)).map(WorkflowRef::toString).toList(),
        LargeValues.of(null),
        () -> {});
  }

  /** Returns a page of runs; see {@link RunQuery}. The list is empty behind the last run. */
  public List<RunInfo> list(RunQuery query) {
    return administration.list(
        query.workflow().map(each -> List.of(known(each))).orElse(workflows), query);
  }

  /** Returns all runs of a query, read page by page. */
  public Stream<RunInfo> stream(RunQuery query) {
    return Stream.iterate(
            list(query),
            page -> !page.isEmpty(),
            page ->
                page.size() < query.limit()
                    ? List.<RunInfo>of()
                    : list(query.after(page.get(page.size() - 1))))
        .flatMap(List::stream);
  }

  /**
   * Counts the runs by their state, for metrics and alerts. Most runs are complete, and to count
   * those takes the longest.
   *
   * @param states the states that are counted; at least one
   * @return a number for each of the states, also where it is zero
   * @throws InvalidInputException when there are no states
   */
  public Map<RunStatus.State, Long> count(Set<RunStatus.State> states) {
    if (states.isEmpty()) {
      throw new InvalidInputException("states", "none", "at least one");
    }
    return administration.count(workflows, states);
  }

  private String known(String workflow) {
    if (!workflows.contains(workflow)) {
      throw new InvalidInputException(
          "workflow", SafeText.of(workflow), "one of " + String.join(", ", workflows));
    }
    return workflow;
  }

  /** Returns how a run stands, with its steps; empty when there is none with the id. */
  public Optional<RunDetails> find(RunId run) {
    known(run.workflow());
    return administration.find(run).map(info -> new RunDetails(info, log.steps(run)));
  }

  /**
   * Writes the runs of a query to a file, with their payloads, steps and values, as JSON: a line
   * for a run, and one for each of its steps. {@code StepLogs} in {@code w7s-sdk-testing} runs
   * changed code against it. It has all that the runs know, secrets too. Runs are read one by one,
   * and one that goes on meanwhile is written as it was at some moment; the limit of the query is
   * not looked at.
   *
   * @param out where they are written to; not closed
   * @return how many were written
   * @throws IOException when they cannot be written
   * @throws io.w7s.sdk.error.BlobReadException when a value is in a blob that cannot be read, or
   *     these are not the runs of an app that has its store
   */
  public int export(RunQuery query, Appendable out) throws IOException {
    int written = 0;
    Iterator<RunInfo> runs = stream(query.limit(RunQuery.DEFAULT_LIMIT)).iterator();
    while (runs.hasNext()) {
      Optional<RecordedRun> run = RecordedRun.of(log, runs.next().id());
      if (run.isPresent()) { // not deleted in the meantime
        run.get().with(large).write(out);
        written++;
      }
    }
    return written;
  }

  /** Writes one run; as {@link #export(RunQuery, Appendable)} does. */
  public void export(RunId run, Appendable out) throws IOException {
    RecordedRun.of(log, known(run)).orElseThrow(() -> unknown(run)).with(large).write(out);
  }

  private RunDetails get(RunId run) {
    return find(run).orElseThrow(() -> unknown(run));
  }

  private static InvalidInputException unknown(RunId run) {
    return new InvalidInputException("run", run.toString(), "a run that is in the log");
  }

  /**
   * Cancels a run. A step that has begun ends; the next one does not begin, and a wait ends. Then
   * the compensations run, and the run is {@code CANCELLED}. That is done by the process that holds
   * the run, or that takes it up. {@code await} on its handle throws a {@link
   * io.w7s.sdk.error.WorkflowFailedException} whose state is {@code terminated}. A run that ends
   * before its next step, or fails already, ends as if it had not been cancelled.
   *
   * @param reason why, for those who look at the run later; cut to 1,000 characters
   * @throws RunStateException when the run has ended
   */
  public void cancel(RunId run, String reason) {
    if (!administration.requestCancel(known(run), reason(reason))) {
      throw refused(run, "only a run that has not ended can be cancelled");
    }
    changed.run();
  }

  /**
   * Ends a run at once. No compensation runs, and what a process does for the run just now is not
   * remembered. For a run that {@link #cancel} cannot end, because its body does not get any
   * further.
   *
   * @param reason why; the error of the run is {@code terminated: } and this, cut to 1,000
   *     characters
   * @throws RunStateException when the run has ended
   */
  public void terminate(RunId run, String reason) {
    if (!administration.terminate(
        known(run), reason(TERMINATED + requireNonNull(reason, "reason")))) {
      throw refused(run, "only a run that has not ended can be terminated");
    }
    changed.run();
  }

  private RunId known(RunId run) {
    known(run.workflow());
    return run;
  }

  private static String reason(String reason) {
    String safe = SafeText.of(requireNonNull(reason, "reason"), MAX_REASON);
    return safe.length() <= MAX_REASON ? safe : safe.substring(0, MAX_REASON);
  }

  private RunStateException refused(RunId run, String reason) {
    return refused(get(run), reason);
  }

  private static RunStateException refused(RunDetails run, String reason) {
    return new RunStateException(run.info().id(), run.info().state(), reason);
  }

  /**
   * Goes on with a run that has failed or was cancelled, from its last failure: the steps that were
   * done are kept, the one that failed runs again, with all its attempts.
   *
   * <p>A run that was ended in its compensations, or of which one has failed, goes on with those
   * that are not done, and ends as it would have then.
   *
   * @throws RunStateException when the run has not ended or is complete, or when all compensations
   *     have run: what its steps did was undone, so they cannot be kept
   */
  public void retry(RunId run) {
    RunDetails found = requireFailed(get(run));
    Kept kept = hasMoreToUndo(found) ? withoutThoseLeft(found) : untilLastFailure(found);
    if (!administration.reopen(found.info(), kept)) {
      throw refused(run, "it was changed at the same time");
    }
    changed.run();
  }

  private static RunDetails requireFailed(RunDetails run) {
    if (!run.info().state().ended()) {
      throw refused(run, "only a run that has ended is tried again");
    }
    if (run.info().error() == null) {
      throw refused(run, "only a run that failed or was cancelled is tried again");
    }
    return run;
  }

  /**
   * Returns whether a run that has ended has compensations that are not done: one in its log, or
   * some that it has not come to, since it did not end with the reason for which it began to undo.
   */
  private static boolean hasMoreToUndo(RunDetails run) {
    return run.steps().stream()
        .anyMatch(
            step ->
                isCompensation(step)
                    ? step.state() != State.DONE
                    : isEnd(step) && !hasEndedWith(step.error(), run));
  }

  private static boolean hasEndedWith(@Nullable String reason, RunDetails run) {
    String error = requireNonNullElse(run.info().error(), "");
    String began = requireNonNullElse(reason, "");
    return error.equals(began) || error.startsWith(began + "; ");
  }

  private static boolean isCompensation(StepRecord step) {
    return step.kind() == Kind.COMPENSATION;
  }

  /** Returns all steps but the compensations that are not done. */
  private static Kept withoutThoseLeft(RunDetails run) {
    int before =
        run.steps().stream()
            .filter(step -> isCompensation(step) && step.state() != State.DONE)
            .mapToInt(StepRecord::position)
            .findFirst()
            .orElse(Integer.MAX_VALUE);
    return new Kept(
        before,
        run.steps().stream()
            .filter(step -> step.position() > before && step.state() == State.DONE)
            .map(StepRecord::name)
            .toList());
  }

  /** Returns the steps before the first one that is to run again, and the branches beside it. */
  private static Kept untilLastFailure(RunDetails run) {
    if (hasMoreToUndo(run)) {
      throw refused(run, "its compensations are not done: have it tried again first");
    }
    List<StepRecord> steps = run.steps().stream().filter(step -> !isEnd(step)).toList();
    for (StepRecord step : steps) {
      if (isCompensation(step)) {
        throw refused(
            run,
            "compensation \""
                + step.name()
                + "\" has run, so its steps cannot be kept. Start another run, or fork it from a step"
                + " before what was undone");
      }
    }
    int failed = steps.size(); // the first of the failed steps with which the log ends
    var branches = new ArrayList<String>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      StepRecord step = steps.get(i);
      if (hasFailed(step)) {
        failed = i;
      } else if (step.kind() == Kind.BRANCH && hasFailed(group(step), steps)) {
        branches.add(step.name());
      } else {
        break;
      }
    }
    return failed == steps.size()
        ? Kept.before(failed == 0 ? 0 : steps.get(failed - 1).position() + 1)
        : new Kept(steps.get(failed).position(), branches);
  }

  private static boolean isEnd(StepRecord step) {
    return step.kind() == Kind.FAILURE || step.kind() == Kind.CANCELLATION;
  }

  private static boolean hasFailed(String group, List<StepRecord> steps) {
    return steps.stream()
        .anyMatch(
            step -> step.kind() == Kind.BRANCH && group(step).equals(group) && hasFailed(step));
  }

  /** Returns the name of the group of a branch: no branch's own name has a slash. */
  private static String group(StepRecord branch) {
    return branch.name().substring(0, branch.name().lastIndexOf('/'));
  }

  private static boolean hasFailed(StepRecord step) {
    return step.state() == State.FAILED
        || step.state() == State.REJECTED
        || step.state() == State.INTERRUPTED;
  }

  /**
   * Starts a new run with the payload of another one and the steps that it had before one of them.
   * The old run stays as it is, in whatever state it is. The platform does not know the new run: it
   * is followed with {@link #find}, and not with a handle.
   *
   * @param step the name of the first step that runs anew
   * @param label what is added to the instance id: the new run is {@code <instance>.<label>}. From
   *     1 to 40 letters, digits, {@code _} and {@code -}. If there is such a run, it stays as it
   *     is, and nothing is started
   * @return the new run
   * @throws InvalidInputException when the run has no such step, or the label is not as it should
   *     be
   * @throws RunStateException when the run was taken, tried again or has begun anew at the same
   *     time
   */
  public RunId fork(RunId run, String step, String label) {
    RunDetails found = get(run);
    int position =
        found.steps().stream()
            .filter(each -> each.name().equals(step))
            .filter(each -> !isCompensation(each))
            .filter(each -> !isEnd(each))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "step", "\"" + SafeText.of(step) + "\"", "a step of " + run))
            .position();
    return fork(found, Kept.before(position), label);
  }

  private RunId fork(RunDetails run, Kept keep, String label) {
    var fork = new Fork(run.info(), forked(run.info().id(), label), keep);
    if (!administration.fork(List.of(fork)).isEmpty()) {
      throw changedMeanwhile(run.info());
    }
    changed.run();
    return fork.to();
  }

  private static RunStateException changedMeanwhile(RunInfo run) {
    return new RunStateException(run.id(), run.state(), "it was changed at the same time");
  }

  /**
   * Starts a new run that goes on from the last failure of another; as {@link #fork(RunId, String,
   * String)} and {@link #retry} do.
   *
   * @throws RunStateException when the run has not ended or is complete, or when compensations have
   *     run
   */
  public RunId forkFromFailure(RunId run, String label) {
    RunDetails found = requireFailed(get(run));
    return fork(found, untilLastFailure(found), label);
  }

  /**
   * Starts a new run for each run of a query, from its last failure. The limit of the query is not
   * looked at. When it is called again with the same label, for example after a crash, it starts
   * those that are missing; a run that this label has made is left out, also if it has failed.
   *
   * @return the new runs, and the runs that cannot be forked
   */
  public ForkedRuns forkFromFailure(RunQuery query, String label) {
    requireLabel(label);
    var forked = new LinkedHashMap<RunId, RunId>();
    var refused = new LinkedHashMap<RunId, RunStateException>();
    var forks = new ArrayList<Fork>();
    List<RunInfo> runs =
        stream(query.limit(FORKS_AT_ONCE)).filter(run -> !isFork(run, label)).toList();
    for (RunInfo run : runs) {
      try {
        RunDetails details = requireFailed(new RunDetails(run, log.steps(run.id())));
        forks.add(new Fork(run, forked(run.id(), label), untilLastFailure(details)));
        forked.put(run.id(), forked(run.id(), label));
      } catch (RunStateException cannot) {
        refused.put(run.id(), cannot);
      }
    }
    for (int from = 0; from < forks.size(); from += FORKS_AT_ONCE) {
      List<Fork> some = forks.subList(from, Math.min(from + FORKS_AT_ONCE, forks.size()));
      for (Fork fork : administration.fork(some)) {
        RunInfo run = fork.from();
        forked.remove(run.id());
        refused.put(run.id(), changedMeanwhile(run));
      }
    }
    changed.run();
    return new ForkedRuns(forked, refused);
  }

  private static boolean isFork(RunInfo run, String label) {
    String from = run.forkedFrom();
    return from != null && run.id().instance().equals(from + "." + label);
  }

  private static RunId forked(RunId run, String label) {
    requireLabel(label);
    return new RunId(run.workflow(), run.instance() + "." + label);
  }

  private static void requireLabel(String label) {
    if (!LABEL.matcher(label).matches()) {
      throw new InvalidInputException(
          "label",
          "\"" + SafeText.of(label) + "\"",
          "from 1 to 40 letters, digits, underscores and hyphens");
    }
  }

  /**
   * Deletes the runs that ended long ago, with their steps, the oldest first and not all in one
   * transaction. Call it from a schedule. Keep runs for longer than the platform may deliver their
   * start, and longer than somebody waits for their result: a run that is not in the log begins
   * anew when it is delivered.
   *
   * @param olderThan how long ago they ended at least; not negative
   * @return how many were deleted
   */
  public int deleteEnded(Duration olderThan) {
    if (olderThan.isNegative()) {
      throw new InvalidInputException("olderThan", olderThan.toString(), "not negative");
    }
    int deleted = 0;
    int some;
    do {
      some = administration.deleteEnded(workflows, olderThan, DELETED_AT_ONCE);
      deleted += some;
    } while (some == DELETED_AT_ONCE);
    return deleted;
  }

  /** Returns the workflows. */
  @Override
  public String toString() {
    return "WorkflowRuns" + workflows;
  }
}

package io.w7s.sdk.step;

import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The memory of durable workflows: their runs and the steps of each. A run is held by at most one
 * process at a time, under a lease. {@code JdbcStepLog} in {@code w7s-sdk-store} is one for several
 * processes; {@link #inMemory} is for tests.
 *
 * <p>Taking a run gives it a new epoch, in one place for all processes. Every method that takes a
 * {@link HeldRun} changes something only while the run has the epoch of that object, and checks it
 * in the same statement. A lease that has ended still holds as long as nobody has taken the run.
 *
 * <p>Every method may throw an unchecked exception when the log cannot be reached. The attempt ends
 * with it, and the run is taken over once its lease has ended. Implementations are thread-safe.
 * {@code StepLogContract} in {@code w7s-sdk-testing} tests one.
 */
public interface StepLog {

  /**
   * The most bytes of JSON of the value of a step, of an event, and of the result of a run: 65,536.
   * In place of a larger one there is a reference to a blob; see {@link StepSettings#blobs}.
   */
  int MAX_VALUE_BYTES = 65_536;

  /**
   * The most bytes of JSON of the result of a run: 10,000,000. Its handles get it in one response,
   * of which transports read up to 10 MiB by default.
   */
  int MAX_RESULT_BYTES = 10_000_000;

  /** The most steps of a run: 10,000. */
  int MAX_STEPS = 10_000;

  /**
   * How long a run that begins anew remembers the id of an event that was taken: 7 days from when
   * it came.
   */
  Duration EVENT_IDS_KEPT = Duration.ofDays(7);

  /** The longest name of a step, in characters: 200. */
  int MAX_NAME_LENGTH = 200;

  /**
   * Returns a log in memory, for tests; with the clock of {@code InMemoryW7s} waits take no time.
   */
  static StepLog inMemory(TimeSource time) {
    return new InMemoryStepLog(time);
  }

  /** Returns the clock of the timers for its runs. Default: the machine's. */
  default TimeSource time() {
    return TimeSource.system();
  }

  /**
   * Starts a run unless there is one with its id, and takes it. One that is there is taken if it is
   * due: if it does not wait any more, or if the lease of its holder has ended.
   *
   * @param lease how long the run is held unless it is renewed
   * @return the run; empty when it is not due or has ended
   */
  Optional<HeldRun> start(NewRun run, Duration lease);

  /**
   * Takes a run that is due: first one whose holder's lease has ended, so that no backlog delays
   * those, and otherwise the one that has been due the longest.
   *
   * @param workflows the workflows, {@code owner/repo/name}; at least one
   * @param lease how long the run is held unless it is renewed
   * @return the run; empty when none is due
   */
  Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease);

  /**
   * Returns how long it is until the next run is due, zero when one is; empty when none waits and
   * none is held.
   */
  Optional<Duration> untilDue(Collection<String> workflows);

  /**
   * Lets a run go as if it had not been taken: it is due at once, and {@link HeldRun#takeovers} is
   * the same for whoever takes it next.
   *
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void giveBack(HeldRun run);

  /** Extends the lease, beginning now. Returns false when the run is no longer held. */
  boolean renew(HeldRun run, Duration lease);

  /** Returns all steps of a run in the order of their positions. */
  List<StepRecord> steps(RunId run);

  /**
   * Writes a step, in the place of what the log has of a step of that name.
   *
   * @return why the run is to be cancelled, if somebody has asked for it. The step is written all
   *     the same
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  Optional<String> write(HeldRun run, StepRecord step);

  /**
   * Writes a step of which its run knows no record. The log may have one all the same: from a
   * process that has lost the run in the meantime, or from this one, if it had no response. Then
   * this does what {@link #write} does, as it always may; a log can save work where it has none.
   *
   * @return as for {@link #write}
   * @throws io.w7s.sdk.consumption.LeaseLostException as for {@link #write}
   */
  default Optional<String> writeNew(HeldRun run, StepRecord step) {
    return write(run, step);
  }

  /**
   * Lets a run go until it is due.
   *
   * @param dueAt when it is due. It is due at once if it is to be cancelled, and was not when it
   *     was taken
   * @param failures how often in a row its body has thrown outside of its steps
   * @param error why; null when it did not
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void suspend(HeldRun run, Instant dueAt, int failures, @Nullable String error);

  /**
   * Keeps an event for a run, unless it has had one of this name with this id. When the run waits
   * for an event of this name, see {@link #suspendForEvent}, it is due at once.
   */
  SignalResult signal(RunId run, EventRecord event);

  /** Returns the event of this name that came first of those that no step has taken. */
  Optional<EventRecord> nextEvent(RunId run, String event);

  /**
   * Writes a step as {@link #write} does, and that it has taken an event; both or neither.
   *
   * @return as {@link #write}
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  Optional<String> take(HeldRun run, StepRecord step, EventRecord event);

  /**
   * Lets a run go until it is due or an event is there. That is at once if there is one that no
   * step has taken: one that came just now is not missed.
   *
   * @param dueAt when it is due without the event
   * @param event the name of the event
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void suspendForEvent(HeldRun run, Instant dueAt, String event);

  /**
   * Writes how far a run says it has come, in the place of what it said before.
   *
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void writeProgress(HeldRun run, RunProgress progress);

  /** Returns how far a run said last that it has come; empty when it never did. */
  Optional<RunProgress> progress(RunId run);

  /**
   * Begins a run anew, all or nothing: removes its steps, gives it another payload, writes its
   * first step, and lets it go, due at once. Events that no step has taken stay. Those that were
   * taken are forgotten if they came more than {@link #EVENT_IDS_KEPT} ago.
   *
   * @param payload the new payload
   * @param first the first step
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void continueAs(HeldRun run, RawJson payload, StepRecord first);

  /**
   * Ends a run.
   *
   * @param state {@code COMPLETE}, {@code FAILED} or {@code CANCELLED}
   * @param output the result; null unless it is complete
   * @param error why it is not; null for a run that is complete
   * @throws io.w7s.sdk.consumption.LeaseLostException when another process has taken the run
   */
  void end(HeldRun run, RunStatus.State state, @Nullable RawJson output, @Nullable String error);

  /** Returns how a run stands; empty when there is none with the id. */
  Optional<RunStatus> status(RunId run);

  /** Returns what lists, cancels, repeats and deletes its runs. */
  RunAdministration administration();
}

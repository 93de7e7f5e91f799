package io.w7s.sdk.internal.step;

import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOrderException;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run in one attempt: which step the body has come to, what the log has of it, and why
 * the body can go no further. For the thread of the body, except for {@link #lose} and for what
 * reads the time and writes.
 */
final class RunLog {

  /** No step of a user has this name, because a colon follows the prefix of the SDK. */
  static final String FAILURE = "w7s:failure";

  private static final String CONTINUED = "w7s:continued";

  /** The prefix of the names of the SDK's own steps. */
  static final String RESERVED = "w7s:";

  private final StepLog steps;
  private final HeldRun run;
  private final Duration takenAt;
  private final BooleanSupplier interrupted;

  /**
   * The steps by their positions. There is a gap where branches have been left before all of them
   * were written.
   */
  private final NavigableMap<Integer, StepRecord> recorded = new TreeMap<>();

  /** The names of the steps that the log has, as far as is known; written to by branches, too. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** The number of the next step. */
  private int position;

  /** Why the body cannot go on, whatever it does; null as long as it can. */
  private volatile @Nullable Throwable over;

  private volatile boolean lost;

  /** Why the run is to be cancelled, as far as is known; null when nobody has asked for it. */
  private volatile @Nullable String cancelReason;

  /** Whether the body was left because the run is to be cancelled. */
  private volatile boolean cancelling;

  /** The kind of the record that says that the run ends; null before there is one. */
  private @Nullable Kind ending;

  /** How often the run has begun anew. */
  private final int continued;

  /** The step by which the log says already that the run ends; null for none. */
  private final @Nullable StepRecord end;

  /**
   * Reads the log.
   *
   * @param takenAt when the run was taken, by {@link TimeSource#elapsed}
   * @param interrupted says whether others may have interrupted the thread
   */
  RunLog(StepLog steps, HeldRun run, Duration takenAt, BooleanSupplier interrupted) {
    this.steps = steps;
    this.run = run;
    this.takenAt = takenAt;
    this.interrupted = interrupted;
    steps.steps(run.id()).forEach(step -> recorded.put(step.position(), step));
    recorded.values().forEach(step -> known.add(step.name()));
    this.end = recorded.values().stream().filter(RunLog::isEnd).findFirst().orElse(null);
    this.cancelReason = run.cancelReason();
    StepRecord first = recorded.get(0);
    if (first != null && first.kind() == Kind.CONTINUED && first.value() != null) {
      continued = Integer.parseInt(first.value().text());
      position = 1;
    } else {
      continued = 0;
    }
  }

  HeldRun run() {
    return run;
  }

  /** Returns how often the run has begun anew. */
  int continued() {
    return continued;
  }

  /** Begins the run anew. */
  void continueAs(RawJson payload) {
    RawJson times = RawJson.of(String.valueOf(continued + 1));
    steps.continueAs(
        run,
        payload,
        new StepRecord(0, CONTINUED, Kind.CONTINUED, "", State.DONE, 0, times, null, now(), null));
  }

  TimeSource time() {
    return steps.time();
  }

  /** Returns the time by the log's clock. */
  Instant now() {
    return run.now().plus(steps.time().elapsed().minus(takenAt));
  }

  /** Says that another process has taken the run. Any thread may do so. */
  void lose() {
    lost = true;
  }

  // ---- Whether the body can go on

  /** Returns why the body could not go on; null when it could. */
  @Nullable Throwable over() {
    return over;
  }

  /** Returns whether this was thrown because others want the thread to end. */
  boolean isInterruption(Throwable thrown) {
    return thrown instanceof InterruptedException && isInterrupting();
  }

  /** Returns whether others may have interrupted the threads of the run. */
  boolean isInterrupting() {
    return interrupted.getAsBoolean();
  }

  /** Returns whether the body is left, and nothing is wrong. Any thread may ask. */
  boolean isLeft() {
    return over instanceof Suspended;
  }

  /** Returns whether this, or what has caused it, is why the body cannot go on. */
  boolean isOverBecauseOf(Throwable thrown) {
    return over != null && (thrown == over || thrown.getCause() == over);
  }

  /** Says why the body cannot go on, unless its code has changed; returns it, to be thrown. */
  synchronized <T extends Throwable> T over(T why) {
    if (!(over instanceof StepOrderException)) {
      over = why;
    }
    return why;
  }

  /** Throws why the body cannot go on, if it cannot. */
  void requireOpen() {
    if (over == null && lost) {
      over = new LeaseLostException(run.id().toString());
    }
    Throwable why = over;
    if (why instanceof Error error) {
      throw error;
    }
    if (why != null) {
      throw (RuntimeException) why; // nothing else is kept
    }
  }

  // ---- Whether something new may begin

  /**
   * Leaves the body, before it does what is not in the log: if the log says that the run ends, or
   * if the run is to be cancelled, in both cases except for compensations; or if the log is a
   * recording, which ends here.
   */
  void requireMayBegin() {
    if (end != null && ending == null) {
      throw over(Suspended.failing());
    }
    requireNotRecorded();
    if (cancelReason != null && ending == null) {
      cancelling = true;
      throw over(Suspended.cancelled());
    }
  }

  /** Leaves the body if the log is a recording, which ends here. */
  void requireNotRecorded() {
    if (steps instanceof RecordedLog) {
      throw over(Suspended.until(now()));
    }
  }

  /** Returns why the run is to be cancelled, if the body was left for it; otherwise null. */
  @Nullable String cancelling() {
    return cancelling ? cancelReason : null;
  }

  /** Returns why the run is to be cancelled; null when nobody has asked for it. */
  @Nullable String cancelReason() {
    return cancelReason;
  }

  /** Returns whether the log says that the run ends because it was cancelled. */
  boolean endsCancelled() {
    return ending == Kind.CANCELLATION || (end != null && end.kind() == Kind.CANCELLATION);
  }

  /** Returns where the run is, by what was read of its log. */
  String place() {
    return end != null
        ? "in its compensations"
        : recorded.isEmpty()
            ? "at the start"
            : "behind step \"" + recorded.lastEntry().getValue().name() + "\"";
  }

  /** Asks whether the run is to be cancelled, after a step that its action has written. */
  void writtenByAction() {
    try {
      cancelReason = steps.administration().find(run.id()).map(RunInfo::cancelReason).orElse(null);
    } catch (RuntimeException | Error failure) {
      over = failure;
      throw failure;
    }
  }

  // ---- What the log has

  /** Returns the step of the log in the place that the body has come to; null when it has none. */
  private @Nullable StepRecord here() {
    return recorded.get(position);
  }

  /**
   * Returns the first step of the log that the body has not passed; null when it has passed all.
   */
  private @Nullable StepRecord ahead() {
    Map.Entry<Integer, StepRecord> ahead = recorded.ceilingEntry(position);
    return ahead == null ? null : ahead.getValue();
  }

  /** Returns whether the body is where it has not been before. Any thread may ask. */
  boolean isNew() {
    return ahead() == null;
  }

  /**
   * Returns whether the run was further than a step before the code had that step.
   *
   * @throws StepOrderException when the log has the step in another place
   */
  boolean wasBeyond(String name, Kind kind) {
    StepRecord ahead = ahead();
    if (ahead == null || (ahead.name().equals(name) && ahead.position() == position)) {
      return false;
    }
    if (recorded.values().stream().anyMatch(step -> step.name().equals(name))) {
      throw unexpected(ahead, name, described(kind, name, ""));
    }
    return true;
  }

  /**
   * Returns the reason for which the run fails, where the log says that it does; otherwise null.
   */
  @Nullable String failing() {
    StepRecord here = here();
    return here != null && isEnd(here) ? error(here) : null;
  }

  private static boolean isEnd(StepRecord step) {
    return step.kind() == Kind.FAILURE || step.kind() == Kind.CANCELLATION;
  }

  /** Goes on to a step; returns what the log has of it, null for nothing. */
  @Nullable StepRecord next(String name, Kind kind, String type) {
    return next(name, kind, type, position + 1);
  }

  /**
   * Goes on to a step of a group, whose steps may be written in any order.
   *
   * @param end the position after the group; the log has nothing there unless it has the whole
   *     group
   */
  @Nullable StepRecord next(String name, Kind kind, String type, int end) {
    StepRecord here = here();
    Map.Entry<Integer, StepRecord> behind = here == null ? recorded.ceilingEntry(end) : null;
    if (behind != null && !(behind.getKey() == end && isEnd(behind.getValue()))) {
      throw unexpected(behind.getValue(), name, described(kind, name, type));
    }
    if (here == null) {
      if (position >= StepLog.MAX_STEPS && kind != Kind.COMPENSATION) {
        throw new InvalidInputException(
            "step \"" + name + "\" of " + run.id(),
            "number " + (position + 1),
            "at most number " + StepLog.MAX_STEPS + ": start another run for the rest");
      }
      if (isNew()) { // otherwise a branch beside others that are in the log: see ActionStep
        requireMayBegin();
      }
    } else if (isEnd(here)) {
      throw over(Suspended.failing());
    } else if (!here.name().equals(name) || here.kind() != kind || !here.type().equals(type)) {
      throw unexpected(here, name, described(kind, name, type));
    }
    position++;
    return here;
  }

  /** Returns the number of the next step, from 0. */
  int position() {
    return position;
  }

  private StepOrderException unexpected(StepRecord here, String name, String found) {
    return changed(name, described(here.kind(), here.name(), here.type()), found);
  }

  /** Returns that the code has changed, at the step that the body has come to. */
  StepOrderException changed(String name, String expected, String found) {
    return over(new StepOrderException(run.id(), position, name, expected, found));
  }

  /** Returns that the type of a step that the body has passed cannot read its value any more. */
  StepOrderException unreadable(StepRecord step, String why) {
    return over(
        new StepOrderException(
            run.id(),
            step.position(),
            step.name(),
            "a value of type " + step.type(),
            "a type of that name that cannot read it: " + why));
  }

  private static String described(Kind kind, String name, String type) {
    return kind + " \"" + name + "\"" + (type.isEmpty() ? "" : " of type " + type);
  }

  static String error(StepRecord failed) {
    return failed.error() == null ? "unknown" : failed.error();
  }

  /** Checks that the body has asked for all steps of the log. */
  void requireNoneLeft() {
    StepRecord ahead = ahead();
    if (ahead != null) {
      throw unexpected(ahead, ahead.name(), "the end of the body");
    }
  }

  // ---- What is written

  /**
   * Writes that the run ends, unless the log says so already; compensations can follow then.
   *
   * @param kind {@code FAILURE} or {@code CANCELLATION}
   * @return the reason for which it ends, which is that of the first attempt that said so
   */
  String beginEnd(Kind kind, String reason) {
    over = null;
    cancelling = false;
    StepRecord ahead = ahead();
    if (ahead == null) {
      position++;
      ending = kind;
      write(record(FAILURE, kind, "", State.DONE, 0, null, reason, null));
      return reason;
    }
    if (!isEnd(ahead) || ahead.position() != position) {
      throw unexpected(ahead, ahead.name(), "the end of the run: " + reason);
    }
    position++;
    ending = ahead.kind();
    return error(ahead);
  }

  /** Returns a record of the step that the body is at. */
  StepRecord record(
      String name,
      Kind kind,
      String type,
      State state,
      int attempts,
      @Nullable RawJson value,
      @Nullable String error,
      @Nullable Instant due) {
    return new StepRecord(
        position - 1, name, kind, type, state, attempts, value, error, now(), due);
  }

  /** Writes how far the run says it has come. */
  void write(RunProgress progress) {
    change(() -> steps.writeProgress(run, progress));
  }

  void write(StepRecord record) {
    boolean isNew = known.add(record.name());
    change(() -> learn(isNew ? steps.writeNew(run, record) : steps.write(run, record)));
  }

  /** Writes a step that has taken an event. */
  void take(StepRecord record, EventRecord event) {
    change(() -> learn(steps.take(run, record, event)));
  }

  /** Keeps why the run is to be cancelled, which each write of a step returns. */
  private void learn(Optional<String> cancelled) {
    if (cancelReason == null) {
      cancelReason = cancelled.orElse(null);
    }
  }

  /** Returns the event of this name that the run is to take next; null for none. */
  @Nullable EventRecord nextEvent(String event) {
    try {
      return steps.nextEvent(run.id(), event).orElse(null);
    } catch (RuntimeException | Error failure) {
      over = failure;
      throw failure;
    }
  }

  private void change(Runnable write) {
    try {
      if (lost) {
        throw new LeaseLostException(run.id().toString());
      }
      write.run();
    } catch (RuntimeException | Error failure) {
      over = failure;
      throw failure;
    }
  }
}

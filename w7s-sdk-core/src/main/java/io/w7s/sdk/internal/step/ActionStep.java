package io.w7s.sdk.internal.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepInterruptedException;
import io.w7s.sdk.step.StepOptions;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A step with an action, at its place in the log: it returns what the log has, or runs the action
 * and writes how that ended. Run by one thread.
 *
 * @param <T> the type of the result
 */
final class ActionStep<T extends @Nullable Object> implements Function<T, StepRecord> {

  private static final Logger log = LoggerFactory.getLogger(ActionStep.class);

  /**
   * What a step does.
   *
   * @param <T> the type of the result
   */
  interface Work<T extends @Nullable Object> {

    /** Does it, makes the record of its value, and returns whether it has written that, too. */
    boolean run(ActionStep<T> step) throws Exception;
  }

  private final RunLog steps;
  private final StepValues values;
  private final String name;
  private final Kind kind;
  private final TypeRef<T> type;
  private final StepOptions options;
  private final Work<T> work;
  private final int position;
  private final @Nullable StepRecord before;
  private int attempt;

  /** Whether the action has returned; what is wrong then is wrong with its result. */
  private boolean returned;

  private @Nullable StepRecord made;
  private @Nullable T readBack;

  /** Goes on to the step; the group that it is in ends before a position. */
  ActionStep(
      RunLog steps,
      StepValues values,
      String name,
      Kind kind,
      TypeRef<T> type,
      StepOptions options,
      Work<T> work,
      int groupEnd) {
    this.steps = steps;
    this.values = values;
    this.name = name;
    this.kind = kind;
    this.type = type;
    this.options = options;
    this.work = work;
    this.position = steps.position();
    this.before = steps.next(name, kind, StepValues.typeName(type), groupEnd);
  }

  /** Returns whether the log has the result. */
  boolean isInLog() {
    return before != null && before.state() == State.DONE;
  }

  /**
   * Returns the result, from the log or from the action.
   *
   * @throws Suspended when the run has to wait for the step
   */
  @Nullable T run() {
    int attempts = 0;
    if (before != null) {
      switch (before.state()) {
        case DONE -> {
          return values.read(before, type);
        }
        case FAILED ->
            throw new StepFailedException(
                steps.run().id(), name, before.attempts(), RunLog.error(before));
        case REJECTED -> throw Reject.permanently(RunLog.error(before));
        case INTERRUPTED -> throw interrupted(before.error());
        case STARTED -> {
          if (options.isAtMostOnce()) {
            steps.requireNotRecorded(); // it may still run
            attempt = 1;
            steps.write(record(State.INTERRUPTED, null, null, null));
            throw interrupted(null);
          }
        }
        case RETRYING, WAITING -> {
          Instant due = before.dueAt();
          if (due != null && due.isAfter(steps.now())) {
            steps.requireMayBegin();
            throw Suspended.until(due);
          }
          attempts = before.attempts();
        }
      }
    }
    steps.requireMayBegin();
    attempt = attempts + 1;
    return call();
  }

  private @Nullable T call() {
    if (options.isAtMostOnce()) {
      steps.write(record(State.STARTED, null, null, null));
    }
    boolean written;
    StepRecord done;
    try {
      written =
          options.timeout().isPresent()
              ? TimeLimit.call(steps.time(), options.timeout().get(), () -> work.run(this))
              : work.run(this);
      done = made;
      if (done == null) {
        throw new IllegalStateException("the action has made no record");
      }
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
    if (written) {
      steps.writtenByAction();
    } else {
      steps.write(done);
    }
    return readBack;
  }

  /** Makes the record of the value that the action has returned, and reads the value back. */
  @Override
  public StepRecord apply(T value) {
    returned = true;
    if (value == null && kind != Kind.CALL && !Bodies.isVoid(type)) {
      throw new InvalidInputException("result of the action", "null", "a value: use Optional");
    }
    RawJson json = values.write(value, type);
    readBack = values.read(json, type);
    StepRecord done = record(State.DONE, values.toLog(name, json), null, null);
    made = done;
    return done;
  }

  private StepRecord record(
      State state, @Nullable RawJson value, @Nullable String error, @Nullable Instant due) {
    return new StepRecord(
        position,
        name,
        kind,
        StepValues.typeName(type),
        state,
        attempt,
        value,
        error,
        steps.now(),
        due);
  }

  /** Writes how an attempt has failed; returns what the body gets. */
  private RuntimeException failed(Throwable thrown) {
    if (thrown instanceof LeaseLostException taken) {
      return taken;
    }
    if (steps.isInterruption(thrown)) {
      throw Suspended.interrupted();
    }
    if (thrown instanceof Reject reject) {
      String reason = Failures.cut(String.valueOf(reject.getMessage()));
      steps.write(record(State.REJECTED, null, reason, null));
      return reject;
    }
    if (options.isAtMostOnce() && isOutcomeUnknown(thrown)) {
      return outcomeUnknown(thrown);
    }
    String error = Failures.text(thrown);
    RetryPolicy retry = options.retry();
    if (options.isAtMostOnce() || attempt >= retry.maxAttempts() || Failures.isPermanent(thrown)) {
      logFailed(steps.run().id(), name, "failed for good", thrown);
      steps.write(record(State.FAILED, null, error, null));
      return new StepFailedException(steps.run().id(), name, attempt, error);
    }
    Instant again = LogTime.plus(steps.now(), delay(retry, attempt, thrown));
    logFailed(steps.run().id(), name, "failed; it is tried again at " + again, thrown);
    steps.write(record(State.RETRYING, null, error, again));
    throw Suspended.until(again);
  }

  /** Returns whether the action may have had its effect, whatever was thrown. */
  private boolean isOutcomeUnknown(Throwable thrown) {
    return returned || steps.isOverBecauseOf(thrown);
  }

  /** Writes that an action that runs at most once has run, and that nobody has its result. */
  private StepInterruptedException outcomeUnknown(Throwable thrown) {
    String reason =
        Failures.cut(
            (returned ? "its result could not be kept: " : "the log failed while it ran: ")
                + Failures.text(thrown));
    logFailed(steps.run().id(), name, "has run at most once, and has no result", thrown);
    steps.write(record(State.INTERRUPTED, null, reason, null));
    return interrupted(reason);
  }

  private StepInterruptedException interrupted(@Nullable String reason) {
    RunId run = steps.run().id();
    return reason == null
        ? new StepInterruptedException(run, name)
        : new StepInterruptedException(run, name, reason);
  }

  private Duration delay(RetryPolicy retry, int attempt, Throwable thrown) {
    if (thrown instanceof Retry asked) {
      return asked.delay();
    }
    if (thrown instanceof CallException call && call.retryAfter().isPresent()) {
      return call.retryAfter().get();
    }
    return retry.backoff().after(attempt, steps.time().random());
  }

  static void logFailed(RunId run, String name, String how, Throwable thrown) {
    Failures.log(log, Level.WARN, "step \"" + name + "\" of " + run + " " + how, thrown);
  }
}

package io.w7s.sdk.internal.step;

import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOrderException;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepSettings;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowRun;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs the runs of one durable workflow, each attempt as far as it gets. Thread-safe. */
public final class DurableWorkflow<I, O> {

  private static final Logger log = LoggerFactory.getLogger(DurableWorkflow.class);

  private final WorkflowRef<I, O> workflow;
  private final StepsHandler<I, O> handler;
  private final StepLog steps;
  private final StepSettings settings;
  private final JsonCodec codec;
  private final LargeValues large;

  /** Creates one. */
  public DurableWorkflow(
      WorkflowRef<I, O> workflow,
      StepsHandler<I, O> handler,
      StepLog steps,
      StepSettings settings,
      JsonCodec codec) {
    this.workflow = workflow;
    this.handler = handler;
    this.steps = steps;
    this.settings = settings;
    this.codec = codec;
    this.large = LargeValues.of(settings.blobs().orElse(null), steps);
  }

  /** What is called around each attempt of a body. */
  public interface Invocation {

    /** Calls the body; returns what it returns. */
    @Nullable Object call(WorkflowRun<?> run, Callable<@Nullable Object> body) throws Exception;
  }

  /** Starts a run, or goes on with it if it is due; returns how it stands then. */
  public RunStatus start(NewRun run, Invocation around) {
    Optional<HeldRun> held = steps.start(run, settings.lease());
    return held.isPresent() ? goOn(held.get(), around, () -> true) : status(run.id());
  }

  private RunStatus status(RunId run) {
    return steps
        .status(run)
        .orElseThrow(() -> new IllegalStateException("the log has lost " + run));
  }

  /**
   * Goes on with a run that this process holds; returns how it stands then.
   *
   * @param interrupted says whether others may have interrupted the thread; as long as they have
   *     not, an {@code InterruptedException} is a failure as any other
   * @throws RuntimeException what the log threw; the run is taken over when its lease ends
   */
  public RunStatus goOn(HeldRun held, Invocation around, BooleanSupplier interrupted) {
    var runLog = new RunLog(steps, held, steps.time().elapsed(), interrupted);
    var renewal = new LeaseRenewal(steps, held, settings.lease(), runLog::lose);
    try {
      return held.takeovers() < settings.maxTakeovers()
          ? new Attempt(held, runLog).run(around)
          : giveUp(runLog);
    } catch (LeaseLostException lost) {
      log.warn("{}; what this process did since its last step is done again", lost.getMessage());
      return status(held.id());
    } finally {
      renewal.close();
    }
  }

  /** Ends a run whose body may end this process as it did others. */
  private RunStatus giveUp(RunLog runLog) {
    HeldRun held = runLog.run();
    String error =
        "given up: its process ended %d times in a row without a new step, %s"
            .formatted(held.takeovers(), runLog.place());
    log.error("{} has failed: {}", held.id(), error);
    return end(
        held,
        runLog.endsCancelled() ? RunStatus.State.CANCELLED : RunStatus.State.FAILED,
        null,
        error);
  }

  private RunStatus end(
      HeldRun held, RunStatus.State state, @Nullable RawJson output, @Nullable String error) {
    steps.end(held, state, output, error);
    return new RunStatus(held.id(), state, output, error, null);
  }

  /** One attempt, and what becomes of the run. */
  private final class Attempt {

    private final HeldRun held;
    private final RunLog runLog;
    private final StepValues values;
    private final RunAttempt attempt;

    Attempt(HeldRun held, RunLog runLog) {
      this.held = held;
      this.runLog = runLog;
      this.values = new StepValues(codec, large, runLog);
      this.attempt = new RunAttempt(runLog, settings, values);
    }

    RunStatus run(Invocation around) {
      Object result = null;
      Throwable thrown = null;
      try {
        WorkflowRun<I> run = workflowRun();
        result = around.call(run, () -> body(run));
      } catch (Throwable t) {
        thrown = t;
      }
      attempt.bodyReturned();
      try {
        if (runLog.over() != null) {
          return leftBody(runLog.over());
        }
        return thrown == null ? returned(result) : threw(thrown);
      } catch (Suspended suspended) { // a compensation is tried again
        return leftBody(suspended);
      } catch (StepOrderException changed) {
        return leftBody(changed);
      }
    }

    private WorkflowRun<I> workflowRun() {
      NewRun run = held.run();
      I payload = values.readPayload(run, workflow.input());
      return WorkflowRun.builder(workflow, payload)
          .instanceId(run.id().instance())
          .createdAt(run.createdAt())
          .caller(run.caller())
          .build();
    }

    private @Nullable Object body(WorkflowRun<I> run) throws Exception {
      try {
        return handler.handle(run, attempt);
      } catch (Suspended suspended) {
        return null; // no failure for those around it; see RunLog.over()
      }
    }

    private RunStatus returned(@Nullable Object result) {
      String failing = runLog.failing();
      if (failing != null) {
        return fail(failing);
      }
      runLog.requireNoneLeft();
      RawJson output;
      try {
        output = values.writeResult(result, workflow.output());
      } catch (W7sException unwritable) {
        return fail(Failures.text(unwritable));
      }
      return end(held, RunStatus.State.COMPLETE, output, null);
    }

    private RunStatus threw(Throwable thrown) {
      if (thrown instanceof Reject || thrown instanceof StepFailedException) {
        return fail(Failures.cut(String.valueOf(thrown.getMessage())));
      }
      if (runLog.isInterruption(thrown)) {
        return interrupted();
      }
      String failing = runLog.failing();
      if (failing != null) {
        return fail(failing);
      }
      if (steps instanceof RecordedLog recording) {
        return differs(recording, thrown);
      }
      String cancelled = runLog.cancelReason();
      if (cancelled != null) {
        logFailed("failed, and is cancelled", thrown);
        return endWith(Kind.CANCELLATION, cancelled);
      }
      int failures = held.failures() + 1;
      String error = Failures.text(thrown);
      if (failures >= settings.retry().maxAttempts()) {
        logFailed("failed " + failures + " times", thrown);
        return fail(error);
      }
      Duration wait =
          thrown instanceof Retry asked
              ? asked.delay()
              : settings.retry().backoff().after(failures, steps.time().random());
      Instant again = LogTime.plus(runLog.now(), wait);
      logFailed("failed; it is tried again at " + again, thrown);
      return suspend(again, failures, error);
    }

    private void logFailed(String how, Throwable thrown) {
      Failures.log(log, Level.ERROR, "the body of " + held.id() + " " + how, thrown);
    }

    /** The body could not go on, whatever it did then. */
    private RunStatus leftBody(Throwable why) {
      if (why instanceof StepOrderException || why instanceof BlobReadException) {
        return cannotGoOn(why);
      }
      if (why instanceof Suspended suspended) {
        if (suspended.wasInterrupted()) {
          return interrupted();
        }
        String cancelled = runLog.cancelling();
        return cancelled == null ? suspend(suspended) : endWith(Kind.CANCELLATION, cancelled);
      }
      if (why instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) why; // the lease was lost, or the log has failed
    }

    /** The log is not what the code needs. The run stays as it is until one of them is mended. */
    private RunStatus cannotGoOn(Throwable why) {
      if (steps instanceof RecordedLog recording) {
        return differs(recording, why);
      }
      Instant again = LogTime.plus(runLog.now(), settings.retry().backoff().longest());
      log.error("{}. It is tried again at {}", why.getMessage(), again);
      return suspend(again, held.failures(), Failures.text(why));
    }

    private RunStatus suspend(Suspended why) {
      RawJson payload = why.payload();
      if (payload != null) {
        runLog.continueAs(payload);
        return waiting(runLog.now(), null);
      }
      Instant dueAt = why.dueAt();
      if (dueAt == null) {
        String failing = runLog.failing();
        return fail(failing == null ? "unknown" : failing);
      }
      String event = why.event();
      if (event == null) {
        return suspend(dueAt, 0, null);
      }
      steps.suspendForEvent(held, dueAt, event);
      return waiting(dueAt, null);
    }

    private RunStatus interrupted() {
      Thread.interrupted(); // for the log
      try {
        return suspend(runLog.now(), held.failures(), null);
      } finally {
        Thread.currentThread().interrupt();
      }
    }

    private RunStatus fail(String reason) {
      return endWith(Kind.FAILURE, reason);
    }

    /** Ends the run, unless the log says already how it ends. */
    private RunStatus endWith(Kind kind, String reason) {
      String error = attempt.end(kind, reason);
      if (steps instanceof RecordedLog) {
        runLog.requireNoneLeft(); // a run under way ends without a compensation that was removed
      }
      if (runLog.endsCancelled()) {
        log.info("{} was cancelled: {}", held.id(), error);
        return end(held, RunStatus.State.CANCELLED, null, error);
      }
      log.error("{} has failed: {}", held.id(), error);
      return end(held, RunStatus.State.FAILED, null, error);
    }

    private RunStatus suspend(Instant dueAt, int failures, @Nullable String error) {
      steps.suspend(held, dueAt, failures, error);
      return waiting(dueAt, error);
    }

    private RunStatus differs(RecordedLog recording, Throwable why) {
      recording.differs(held, why);
      return waiting(held.now(), null);
    }

    private RunStatus waiting(Instant dueAt, @Nullable String error) {
      return new RunStatus(held.id(), RunStatus.State.WAITING, null, error, dueAt);
    }
  }
}

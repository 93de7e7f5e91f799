package io.w7s.sdk.internal;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.CallListener;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an operation through its attempts: sends it, asks {@link NextStep}, waits, sends it again.
 * A blocking call stays on its caller's thread from end to end; an async call runs on the
 * transport's own. Thread-safe.
 */
public final class CallPipeline {

  private static final Logger log = LoggerFactory.getLogger(CallPipeline.class);

  private final Transport transport;
  private final TimeSource time;
  private final List<CallListener> listeners;
  private volatile boolean closed;

  /** Sends over a transport, which it closes when it is closed. */
  public CallPipeline(Transport transport, TimeSource time, List<CallListener> listeners) {
    this.transport = transport;
    this.time = time;
    this.listeners = List.copyOf(listeners);
  }

  TimeSource time() {
    return time;
  }

  /** Ends what is under way and refuses what comes. */
  public void close() {
    closed = true;
    transport.close();
  }

  /** What a call came to. */
  record Completed<R>(R result, int attempts) {}

  <R> Completed<R> call(Operation<R> operation, CallOptions options) {
    Duration start = time.elapsed();
    boolean mayHaveBeenDelivered = false;
    for (int attempt = 1; ; attempt++) {
      Duration left = options.timeout().minus(time.elapsed().minus(start));
      Answer<R> answer =
          Failures.inSightOf(mayHaveBeenDelivered, execute(operation, attempt, left, options));
      mayHaveBeenDelivered |= Failures.mayHaveBeenDelivered(answer);
      NextStep<R> next = nextStep(operation, answer, attempt, start, options);
      if (next instanceof NextStep.Done<R> done) {
        return new Completed<>(done.result(), attempt);
      }
      if (next instanceof NextStep.Fail<R> fail) {
        throw fail.failure();
      }
      try {
        time.sleep(((NextStep.Retry<R>) next).delay());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw interrupted(operation, mayHaveBeenDelivered, interrupted, attempt, start);
      }
    }
  }

  <R> CompletableFuture<Completed<R>> callAsync(Operation<R> operation, CallOptions options) {
    var call = new AsyncCall<>(operation, options);
    call.attempt(1);
    return call.result;
  }

  /**
   * One async call: a result, and whatever it waits for at the moment, which cancelling the result
   * ends.
   */
  private final class AsyncCall<R> {

    private final Operation<R> operation;
    private final CallOptions options;
    private final Duration start = time.elapsed();
    private final CompletableFuture<Completed<R>> result = time.future(this);
    private boolean mayHaveBeenDelivered; // by one attempt after the other, never by two at once

    AsyncCall(Operation<R> operation, CallOptions options) {
      this.operation = operation;
      this.options = options;
    }

    void attempt(int attempt) {
      if (result.isDone()) {
        return;
      }
      Duration left = options.timeout().minus(time.elapsed().minus(start));
      CompletableFuture<Answer<R>> answer = executeAsync(operation, attempt, left, options);
      endWithResult(answer);
      answer.whenComplete(
          (answered, defect) -> {
            if (result.isDone()) {
              return;
            }
            if (defect != null) {
              result.completeExceptionally(Async.unwrapped(defect));
            } else {
              Answer<R> seen = Failures.inSightOf(mayHaveBeenDelivered, answered);
              mayHaveBeenDelivered |= Failures.mayHaveBeenDelivered(seen);
              follow(nextStep(operation, seen, attempt, start, options), attempt);
            }
          });
    }

    private void follow(NextStep<R> next, int attempt) {
      if (next instanceof NextStep.Done<R> done) {
        result.complete(new Completed<>(done.result(), attempt));
      } else if (next instanceof NextStep.Fail<R> fail) {
        result.completeExceptionally(fail.failure());
      } else if (next instanceof NextStep.Retry<R> retry) {
        CompletableFuture<Void> wait = time.after(retry.delay());
        endWithResult(wait);
        wait.thenRun(() -> attempt(attempt + 1));
      }
    }

    /** Returns what is called, for the message of a wait that has no end. */
    @Override
    public String toString() {
      return operation.name() + " to " + operation.target();
    }

    private void endWithResult(CompletableFuture<?> pending) {
      result.whenComplete((done, failure) -> pending.cancel(true));
    }
  }

  private <R> Answer<R> execute(
      Operation<R> operation, int attempt, Duration left, CallOptions options) {
    if (closed) {
      return closedAnswer();
    }
    notify(listener -> listener.attempting(operation, attempt));
    try {
      return transport.execute(operation, context(attempt, left, options));
    } catch (W7sException certain) {
      throw certain;
    } catch (RuntimeException defect) {
      return defectAnswer(defect);
    }
  }

  private <R> CompletableFuture<Answer<R>> executeAsync(
      Operation<R> operation, int attempt, Duration left, CallOptions options) {
    if (closed) {
      return CompletableFuture.completedFuture(closedAnswer());
    }
    notify(listener -> listener.attempting(operation, attempt));
    try {
      return transport.executeAsync(operation, context(attempt, left, options));
    } catch (W7sException certain) {
      return CompletableFuture.failedFuture(certain);
    } catch (RuntimeException defect) {
      return CompletableFuture.completedFuture(defectAnswer(defect));
    }
  }

  private static CallContext context(int attempt, Duration left, CallOptions options) {
    Duration most = options.attemptTimeout();
    return new CallContext(attempt, left.compareTo(most) < 0 ? atLeastSome(left) : most);
  }

  /** A transport takes a timeout of zero for none at all. */
  private static Duration atLeastSome(Duration left) {
    return left.isNegative() || left.isZero() ? Duration.ofMillis(1) : left;
  }

  private <R> NextStep<R> nextStep(
      Operation<R> operation, Answer<R> answer, int attempt, Duration start, CallOptions options) {
    Duration took = time.elapsed().minus(start);
    NextStep<R> next =
        NextStep.after(operation, answer, attempt, options.timeout().minus(took), options, time);
    if (next instanceof NextStep.Done<R>) {
      notify(listener -> listener.succeeded(operation, attempt, took));
    } else if (next instanceof NextStep.Fail<R> fail) {
      notify(listener -> listener.failed(operation, fail.failure(), took));
    } else if (next instanceof NextStep.Retry<R> retry) {
      log.debug(
          "{} to {}: attempt {} came to nothing, next in {}",
          operation.name(),
          operation.target(),
          attempt,
          retry.delay());
      notify(listener -> listener.retrying(operation, attempt, answer, retry.delay()));
    }
    return next;
  }

  private CallException interrupted(
      Operation<?> operation,
      boolean mayHaveBeenDelivered,
      InterruptedException cause,
      int attempts,
      Duration start) {
    Answer<?> answer =
        new Answer.NoAnswer<>(
            Answer.Failure.INTERRUPTED,
            mayHaveBeenDelivered,
            "interrupted while waiting for the next attempt",
            cause);
    CallException failure = Failures.exception(operation, answer, attempts, time.now());
    notify(listener -> listener.failed(operation, failure, time.elapsed().minus(start)));
    return failure;
  }

  private void notify(Consumer<CallListener> event) {
    for (CallListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException thrown) {
        log.warn("call listener {} threw", listener.getClass().getName(), thrown);
      }
    }
  }

  private static <R> Answer<R> closedAnswer() {
    return new Answer.NoAnswer<>(Answer.Failure.CLOSED, false, "this W7s is closed", null);
  }

  private static <R> Answer<R> defectAnswer(RuntimeException defect) {
    return Answer.deliveryUnknown("the transport threw " + defect.getClass().getName(), defect);
  }
}

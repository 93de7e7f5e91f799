package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.CallListener;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Takes an operation through its attempts: waits for its turn, sends it, asks {@link CallState}
 * what comes next, waits, sends it again. A blocking call stays on its caller's thread from end to
 * end; an async call runs on the transport's own. Thread-safe.
 */
public final class CallPipeline {

  private final Transport transport;
  private final TimeSource time;
  private final Pacer pacer;
  private final Observers observers;
  private volatile boolean closed;

  /** Sends over a transport, which it closes when it is closed. */
  public CallPipeline(
      Transport transport, TimeSource time, Pacer pacer, List<CallListener> listeners) {
    this.transport = transport;
    this.time = time;
    this.pacer = pacer;
    this.observers = new Observers(listeners);
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

  private <R> CallState<R> course(Operation<?> operation, CallOptions options) {
    return new CallState<>(operation, options, pacer, time, observers);
  }

  <R> Completed<R> call(Operation<R> operation, CallOptions options) {
    return call(course(operation, options), context -> transport.execute(operation, context));
  }

  RpcStream stream(RpcCall call, CallOptions options) {
    return call(this.<RpcStream>course(call, options), context -> transport.stream(call, context))
        .result();
  }

  private <R> Completed<R> call(CallState<R> course, Function<CallContext, Outcome<R>> attempt) {
    RetryDecision<R> next;
    do {
      next = waited(course, course.turn());
      if (next instanceof RetryDecision.GoOn<R>) {
        next = waited(course, course.after(execute(course, attempt)));
      }
    } while (next instanceof RetryDecision.GoOn<R>);
    if (next instanceof RetryDecision.Fail<R> fail) {
      throw fail.failure();
    }
    return new Completed<>(((RetryDecision.Done<R>) next).result(), course.attempts());
  }

  /** Returns a step, after the wait where it has one. */
  private <R> RetryDecision<R> waited(CallState<R> course, RetryDecision<R> step) {
    if (step instanceof RetryDecision.GoOn<R> on && !on.delay().isZero()) {
      try {
        time.sleep(on.delay());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw course.interrupted(interrupted);
      }
    }
    return step;
  }

  <R> CompletableFuture<Completed<R>> callAsync(Operation<R> operation, CallOptions options) {
    var call = new AsyncCall<>(operation, course(operation, options));
    call.takeTurn();
    return call.result;
  }

  /**
   * One async call: a result, and whatever it waits for at the moment, which cancelling the result
   * ends.
   */
  private final class AsyncCall<R> {

    private final Operation<R> operation;
    private final CallState<R> course;
    private final CompletableFuture<Completed<R>> result;

    AsyncCall(Operation<R> operation, CallState<R> course) {
      this.operation = operation;
      this.course = course;
      this.result = time.future(course);
    }

    void takeTurn() {
      if (!result.isDone()) {
        follow(course.turn(), this::attempt);
      }
    }

    private void attempt() {
      if (result.isDone()) {
        return;
      }
      CompletableFuture<Outcome<R>> answer = executeAsync(operation, course);
      endWithResult(answer);
      answer.whenComplete(
          (answered, defect) -> {
            if (result.isDone()) {
              return;
            }
            if (defect != null) {
              result.completeExceptionally(Async.unwrapped(defect));
            } else {
              follow(course.after(answered), this::takeTurn);
            }
          });
    }

    private void follow(RetryDecision<R> step, Runnable further) {
      if (step instanceof RetryDecision.Done<R> done) {
        result.complete(new Completed<>(done.result(), course.attempts()));
      } else if (step instanceof RetryDecision.Fail<R> fail) {
        result.completeExceptionally(fail.failure());
      } else if (step instanceof RetryDecision.GoOn<R> on) {
        if (on.delay().isZero()) {
          further.run();
          return;
        }
        CompletableFuture<Void> pause = time.after(on.delay());
        endWithResult(pause);
        pause.thenRun(further);
      }
    }

    private void endWithResult(CompletableFuture<?> pending) {
      result.whenComplete((done, failure) -> pending.cancel(true));
    }
  }

  private <R> Outcome<R> execute(CallState<R> course, Function<CallContext, Outcome<R>> attempt) {
    if (closed) {
      return closedAnswer();
    }
    try {
      return attempt.apply(course.begin());
    } catch (W7sException certain) {
      throw certain;
    } catch (RuntimeException defect) {
      return defectAnswer(defect);
    }
  }

  private <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallState<R> course) {
    if (closed) {
      return CompletableFuture.completedFuture(closedAnswer());
    }
    try {
      return transport.executeAsync(operation, course.begin());
    } catch (W7sException certain) {
      return CompletableFuture.failedFuture(certain);
    } catch (RuntimeException defect) {
      return CompletableFuture.completedFuture(defectAnswer(defect));
    }
  }

  private static <R> Outcome<R> closedAnswer() {
    return new Outcome.NoResponse<>(Outcome.Failure.CLOSED, false, "this W7s is closed", null);
  }

  private static <R> Outcome<R> defectAnswer(RuntimeException defect) {
    return Outcome.deliveryUnknown("the transport threw " + defect.getClass().getName(), defect);
  }
}

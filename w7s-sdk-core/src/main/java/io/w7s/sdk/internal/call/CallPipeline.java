package io.w7s.sdk.internal.call;

import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a call through its attempts: asks the interceptors, waits for its turn, sends it, asks
 * {@link CallState} what comes next, waits, sends it again. A blocking call stays on its caller's
 * thread from end to end; an async call runs on the transport's threads, and after a wait on those
 * of {@link TimeSource#executor()}. Thread-safe.
 */
public final class CallPipeline {

  private final Transport transport;
  private final TimeSource time;
  private final Pacer pacer;
  private final Interceptors interceptors;
  private final Waits waits;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Sends over a transport, which is closed with the pipeline. */
  public CallPipeline(
      Transport transport, TimeSource time, Pacer pacer, List<CallInterceptor> interceptors) {
    this.transport = transport;
    this.time = time;
    this.pacer = pacer;
    this.interceptors = new Interceptors(interceptors, time);
    this.waits = new Waits(time);
  }

  TimeSource time() {
    return time;
  }

  Waits waits() {
    return waits;
  }

  /**
   * Ends the waits and the attempts under way, and refuses further calls. Closing twice does
   * nothing. What the transport throws is thrown when everything else has been closed.
   */
  public void close() {
    if (!closed.getAndSet(true)) {
      waits.close();
      transport.close();
    }
  }

  /** Makes a call and blocks until it has ended. */
  <R, T extends @Nullable Object> T call(ClientCall<R, T> call) {
    CallEvents events = interceptors.intercept(call);
    try {
      Operation<R> operation = call.operation();
      CallState<R> state = state(operation, call, events);
      upload(call, state);
      R result = resultOf(state, context -> transport.execute(operation, context));
      T value = call.result(operation, result, state.attempts());
      events.succeeded();
      return value;
    } catch (Throwable failure) {
      events.failed(failure);
      throw failure;
    }
  }

  /** Makes a call whose response the caller reads from the stream that is returned. */
  RpcStream stream(ClientCall<RawResponse, ?> call) {
    CallEvents events = interceptors.intercept(call);
    try {
      var operation = (RpcCall) call.operation();
      CallState<RpcStream> state = state(operation, call, events);
      RpcStream stream = resultOf(state, context -> transport.stream(operation, context));
      events.succeeded();
      return stream;
    } catch (Throwable failure) {
      events.failed(failure);
      throw failure;
    }
  }

  /** Stores the body of a call first, if it has one that is sent as a reference. */
  private void upload(ClientCall<?, ?> call, CallState<?> state) {
    LargeBodies.Upload upload = call.upload();
    if (upload == null) {
      return;
    }
    refuseIfClosed(state);
    try {
      upload.store();
    } catch (RuntimeException thrown) {
      throw state.notStored(upload.blob(), thrown);
    }
  }

  private <A> CallState<A> state(Operation<?> operation, ClientCall<?, ?> call, CallEvents events) {
    return new CallState<>(operation, call.options(), events, pacer, time);
  }

  private <A> A resultOf(CallState<A> state, Function<CallContext, @Nullable Outcome<A>> attempt) {
    while (true) {
      refuseIfClosed(state);
      RetryDecision<A> next = waited(state, state.takeTurn());
      if (next instanceof RetryDecision.GoOn<A>) {
        next = waited(state, state.endAttempt(outcomeOf(state, attempt)));
      }
      if (next instanceof RetryDecision.Done<A> done) {
        return done.result();
      }
      if (next instanceof RetryDecision.Fail<A> fail) {
        throw fail.failure();
      }
    }
  }

  private <A> RetryDecision<A> waited(CallState<A> state, RetryDecision<A> decision) {
    if (decision instanceof RetryDecision.GoOn<A> on && !on.delay().isZero()) {
      try {
        waits.sleep(on.delay());
      } catch (Waits.ClosedException closing) {
        throw state.closedWhileWaiting();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw state.interrupted(interrupted);
      }
    }
    return decision;
  }

  private <A> Outcome<A> outcomeOf(
      CallState<A> state, Function<CallContext, @Nullable Outcome<A>> attempt) {
    refuseIfClosed(state);
    try {
      return checked(attempt.apply(state.beginAttempt()));
    } catch (RuntimeException thrown) {
      return defect(thrown);
    }
  }

  private void refuseIfClosed(CallState<?> state) {
    if (closed.get()) {
      throw state.closed();
    }
  }

  /**
   * Makes a call without blocking. Whatever goes wrong comes out of the future.
   *
   * @param prepared makes the call of what the caller has given
   */
  <R, T extends @Nullable Object> CompletableFuture<T> callAsync(
      Supplier<? extends ClientCall<R, T>> prepared) {
    return Async.guarded(
        () -> {
          ClientCall<R, T> call = prepared.get();
          CallEvents events = interceptors.intercept(call);
          try {
            var async = new AsyncCall<>(call, call.operation(), events);
            async.step(async::begin);
            return async.future();
          } catch (Throwable failure) {
            events.failed(failure);
            throw failure;
          }
        });
  }

  /** The steps of an async call. */
  private final class AsyncCall<R, T extends @Nullable Object> extends AsyncResult<T> {

    private final ClientCall<R, T> call;
    private final Operation<R> operation;
    private final CallEvents events;
    private final CallState<R> state;

    AsyncCall(ClientCall<R, T> call, Operation<R> operation, CallEvents events) {
      super(time.future(call));
      this.call = call;
      this.operation = operation;
      this.events = events;
      this.state = state(operation, call, events);
    }

    /** Stores the body first, which may block and so is not done on the caller's thread. */
    void begin() {
      if (call.upload() == null) {
        takeTurn();
        return;
      }
      refuseIfClosed(state);
      when(
          CompletableFuture.runAsync(() -> upload(call, state), time.executor()),
          (stored, thrown) -> {
            if (thrown == null) {
              takeTurn();
            } else {
              fail(thrown);
            }
          });
    }

    private void takeTurn() {
      refuseIfClosed(state);
      follow(state.takeTurn(), this::attempt);
    }

    private void attempt() {
      refuseIfClosed(state);
      when(
          begun(),
          (outcome, thrown) -> {
            Outcome<R> known = thrown == null ? checked(outcome) : defect(thrown);
            follow(state.endAttempt(known), this::takeTurn);
          });
    }

    private CompletableFuture<Outcome<R>> begun() {
      try {
        CompletableFuture<Outcome<R>> begun =
            transport.executeAsync(operation, state.beginAttempt());
        return begun != null ? begun : CompletableFuture.completedFuture(checked(null));
      } catch (RuntimeException thrown) {
        return CompletableFuture.completedFuture(defect(thrown));
      }
    }

    private void follow(RetryDecision<R> decision, Runnable next) {
      if (decision instanceof RetryDecision.Done<R> done) {
        T value = call.result(operation, done.result(), state.attempts());
        events.succeeded();
        complete(value);
      } else if (decision instanceof RetryDecision.Fail<R> fail) {
        fail(fail.failure());
      } else if (decision instanceof RetryDecision.GoOn<R> on) {
        if (on.delay().isZero()) {
          next.run();
        } else {
          when(waits.after(on.delay()), (over, ended) -> waited(ended, next));
        }
      }
    }

    private void waited(@Nullable Throwable ended, Runnable next) {
      if (ended == null) {
        next.run();
      } else {
        fail(ended instanceof Waits.ClosedException ? state.closedWhileWaiting() : ended);
      }
    }

    @Override
    void failing(Throwable failure) {
      events.failed(failure);
    }

    @Override
    void ended(@Nullable Throwable failure) {
      events.abandoned(failure);
    }
  }

  private static <A> Outcome<A> checked(@Nullable Outcome<A> outcome) {
    if (outcome == null) {
      return Outcome.deliveryUnknown("the transport returned null instead of an outcome", null);
    }
    boolean empty = outcome instanceof Outcome.Success<A> success && success.result() == null;
    return empty
        ? Outcome.deliveryUnknown("the transport reported a success without a result", null)
        : outcome;
  }

  /**
   * Returns the outcome of an attempt that a transport ended with an exception. An exception of the
   * SDK is certain, and an Error is nothing to try again after: both are thrown.
   */
  private static <A> Outcome<A> defect(Throwable thrown) {
    if (thrown instanceof W7sException certain) {
      throw certain;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    return Outcome.deliveryUnknown("the transport threw " + thrown.getClass().getName(), thrown);
  }
}

package io.w7s.sdk.testing;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.Fault.Effect;
import io.w7s.sdk.testing.Fault.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The platform's transport for one app, with the faults before and after the platform. */
final class MemoryTransport implements Transport {

  /** Longer waits do not differ for a clock that counts nanoseconds. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final Transport platform;
  private final Caller caller;
  private final Faults faults;
  private final Timeline time;
  private final Consumer<String> beforePublish;
  private final Set<AsyncAttempt<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Creates the transport of an app.
   *
   * @param beforePublish called with each subject before it is published
   */
  MemoryTransport(
      Transport platform,
      Caller caller,
      Faults faults,
      Timeline time,
      Consumer<String> beforePublish) {
    this.platform = platform;
    this.caller = caller;
    this.faults = faults;
    this.time = time;
    this.beforePublish = beforePublish;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * What the faults of one phase do to an attempt.
   *
   * @param delay how long the attempt is delayed
   * @param outcome the outcome of the attempt; null if the attempt continues
   */
  private record FaultResult<R>(Duration delay, @Nullable Outcome<R> outcome) {

    boolean isNone() {
      return delay.isZero() && outcome == null;
    }
  }

  private <R> FaultResult<R> faults(
      Phase phase, Operation<R> operation, CallContext context, long start) {
    if (closed) {
      return new FaultResult<>(Duration.ZERO, null); // the platform's transport reports it
    }
    List<Effect> effects = faults.strike(phase, () -> FaultTarget.of(operation), caller);
    Duration wait = Duration.ZERO;
    Outcome<R> outcome = null;
    for (Effect effect : effects) {
      if (effect instanceof Effect.Slow slow) {
        wait = wait.plus(slow.by().compareTo(LONGEST) < 0 ? slow.by() : LONGEST);
      } else if (outcome == null) {
        outcome = outcome(phase, operation, effect);
      }
    }
    Duration left = context.timeout().minusNanos(time.nanos() - start);
    return wait.compareTo(left) < 0
        ? new FaultResult<>(wait, outcome)
        : new FaultResult<>(left, timedOut(operation, context));
  }

  private static <R> @Nullable Outcome<R> outcome(
      Phase phase, Operation<R> operation, Effect effect) {
    if (effect instanceof Effect.Refused refused) {
      return new Outcome.Refused<>(
          refused.status(), "a fault of the test", Map.of(), refused.retryAfter());
    }
    if (effect instanceof Effect.NoResponse lost) {
      String what = phase == Phase.AFTER_PLATFORM ? "the response was lost" : "the call was lost";
      return new Outcome.NoResponse<>(
          Failure.BROKEN,
          lost.mayHaveBeenDelivered(),
          lost.mayHaveBeenDelivered() ? what : operation.target() + " cannot be reached",
          null);
    }
    return null;
  }

  private static <R> Outcome<R> timedOut(Operation<R> operation, CallContext context) {
    return new Outcome.NoResponse<>(
        Failure.TIMED_OUT,
        true,
        operation.target() + " did not respond within " + context.timeout(),
        null);
  }

  private void announce(Operation<?> operation) {
    if (operation instanceof EventPublish publish) {
      beforePublish.accept(publish.subject());
    }
  }

  /** Returns the context with the time that is left. */
  private CallContext rest(CallContext context, long start) {
    return new CallContext(context.attempt(), context.timeout().minusNanos(time.nanos() - start));
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    announce(operation);
    long start = time.nanos();
    boolean delivered = false;
    try {
      FaultResult<R> before = faults(Phase.BEFORE_PLATFORM, operation, context, start);
      if (!before.isNone()) {
        time.sleep(before.delay());
      }
      if (before.outcome() != null) {
        return before.outcome();
      }
      delivered = true;
      Outcome<R> outcome = platform.execute(operation, rest(context, start));
      if (!(outcome instanceof Outcome.Success<R>)) {
        return outcome;
      }
      FaultResult<R> after = faults(Phase.AFTER_PLATFORM, operation, context, start);
      if (!after.isNone()) {
        time.sleep(after.delay());
      }
      return after.outcome() == null ? outcome : after.outcome();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.NoResponse<>(
          Failure.INTERRUPTED, delivered, "interrupted during " + operation.name(), e);
    }
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    announce(operation);
    long start = time.nanos();
    FaultResult<R> before = faults(Phase.BEFORE_PLATFORM, operation, context, start);
    var attempt = new AsyncAttempt<>(operation, context, start);
    attempt.apply(before, attempt::callPlatform);
    return attempt.result;
  }

  /** One async attempt. When its result is complete, what it waits for is cancelled. */
  private final class AsyncAttempt<R> {

    private final Operation<R> operation;
    private final CallContext context;
    private final long start;
    private final CompletableFuture<Outcome<R>> result;

    AsyncAttempt(Operation<R> operation, CallContext context, long start) {
      this.operation = operation;
      this.context = context;
      this.start = start;
      this.result = time.future(operation.name() + " to " + operation.target());
      underWay.add(this);
      result.whenComplete((outcome, failure) -> underWay.remove(this));
    }

    void apply(FaultResult<R> faults, Runnable next) {
      if (faults.delay().isZero()) {
        afterDelay(faults, next);
        return;
      }
      CompletableFuture<Void> wait = time.after(faults.delay());
      result.whenComplete((outcome, failure) -> wait.cancel(false));
      wait.thenRun(() -> afterDelay(faults, next));
    }

    private void afterDelay(FaultResult<R> faults, Runnable next) {
      Outcome<R> outcome = faults.outcome();
      if (outcome != null) {
        result.complete(outcome);
      } else if (!result.isDone()) {
        next.run();
      }
    }

    void close() {
      result.complete(new Outcome.NoResponse<>(Failure.CLOSED, true, "this W7s was closed", null));
    }

    void callPlatform() {
      CompletableFuture<Outcome<R>> call = platform.executeAsync(operation, rest(context, start));
      result.whenComplete((outcome, failure) -> call.cancel(true));
      call.whenComplete(
          (outcome, failure) -> {
            if (failure != null) {
              result.completeExceptionally(failure);
            } else if (outcome instanceof Outcome.Success<R>) {
              apply(
                  faults(Phase.AFTER_PLATFORM, operation, context, start),
                  () -> result.complete(outcome));
            } else {
              result.complete(outcome);
            }
          });
    }
  }

  /** Ends the attempts under way. */
  @Override
  public void close() {
    closed = true;
    platform.close();
    underWay.forEach(AsyncAttempt::close);
  }
}

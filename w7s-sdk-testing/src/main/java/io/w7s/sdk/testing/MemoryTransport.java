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

/** The platform's transport for one app, with what goes wrong on the way there and back. */
final class MemoryTransport implements Transport {

  private final Transport platform;
  private final Caller caller;
  private final Faults faults;
  private final Timeline time;
  private final Consumer<String> beforePublish;
  private final Set<AsyncAttempt<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Speaks for an app.
   *
   * @param beforePublish told of each subject before it is published
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
   * What faults make of one way of an attempt, to the platform or back.
   *
   * @param takes how long it takes
   * @param answer what the caller gets instead of anything else; null when it goes on
   */
  private record Way<R>(Duration takes, @Nullable Outcome<R> answer) {

    boolean isClear() {
      return takes.isZero() && answer == null;
    }
  }

  private <R> Way<R> way(Phase phase, Operation<R> operation, CallContext context, long start) {
    if (closed) {
      return new Way<>(Duration.ZERO, null); // the platform's transport has the word for that
    }
    List<Effect> effects = faults.strike(phase, FaultTarget.of(operation), caller);
    Duration wait = Duration.ZERO;
    Outcome<R> answer = null;
    for (Effect effect : effects) {
      if (effect instanceof Effect.Slow slow) {
        wait = wait.plus(slow.by());
      } else if (answer == null) {
        answer = answer(phase, operation, effect);
      }
    }
    Duration left = context.timeout().minusNanos(time.nanos() - start);
    return wait.compareTo(left) < 0
        ? new Way<>(wait, answer)
        : new Way<>(left, timedOut(operation, context));
  }

  private static <R> @Nullable Outcome<R> answer(
      Phase phase, Operation<R> operation, Effect effect) {
    if (effect instanceof Effect.Refused refused) {
      return new Outcome.Refused<>(
          refused.status(), "a fault of the test", Map.of(), refused.retryAfter());
    }
    if (effect instanceof Effect.NoResponse lost) {
      String what = phase == Phase.AFTER_PLATFORM ? "the answer was lost" : "the call was lost";
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
        operation.target() + " did not answer within " + context.timeout(),
        null);
  }

  private void announce(Operation<?> operation) {
    if (operation instanceof EventPublish publish) {
      beforePublish.accept(publish.subject());
    }
  }

  private CallContext rest(CallContext context, long start) {
    return new CallContext(context.attempt(), context.timeout().minusNanos(time.nanos() - start));
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    announce(operation);
    long start = time.nanos();
    boolean delivered = false;
    try {
      Way<R> there = way(Phase.BEFORE_PLATFORM, operation, context, start);
      if (!there.isClear()) {
        time.sleep(there.takes());
      }
      if (there.answer() != null) {
        return there.answer();
      }
      delivered = true;
      Outcome<R> answer = platform.execute(operation, rest(context, start));
      if (!(answer instanceof Outcome.Success<R>)) {
        return answer;
      }
      Way<R> back = way(Phase.AFTER_PLATFORM, operation, context, start);
      if (!back.isClear()) {
        time.sleep(back.takes());
      }
      return back.answer() == null ? answer : back.answer();
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
    Way<R> there = way(Phase.BEFORE_PLATFORM, operation, context, start);
    var attempt = new AsyncAttempt<>(operation, context, start);
    attempt.follow(there, attempt::callPlatform);
    return attempt.result;
  }

  /** One async attempt: a result, and whatever it waits for at the moment. */
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
      result.whenComplete((answer, failure) -> underWay.remove(this));
    }

    void follow(Way<R> way, Runnable next) {
      if (way.takes().isZero()) {
        arrive(way, next);
        return;
      }
      CompletableFuture<Void> wait = time.after(way.takes());
      result.whenComplete((answer, failure) -> wait.cancel(false));
      wait.thenRun(() -> arrive(way, next));
    }

    private void arrive(Way<R> way, Runnable next) {
      Outcome<R> answer = way.answer();
      if (answer != null) {
        result.complete(answer);
      } else if (!result.isDone()) {
        next.run();
      }
    }

    void close() {
      result.complete(new Outcome.NoResponse<>(Failure.CLOSED, true, "this W7s was closed", null));
    }

    void callPlatform() {
      CompletableFuture<Outcome<R>> call = platform.executeAsync(operation, rest(context, start));
      result.whenComplete((answer, failure) -> call.cancel(true));
      call.whenComplete(
          (answer, failure) -> {
            if (failure != null) {
              result.completeExceptionally(failure);
            } else if (answer instanceof Outcome.Success<R>) {
              follow(
                  way(Phase.AFTER_PLATFORM, operation, context, start),
                  () -> result.complete(answer));
            } else {
              result.complete(answer);
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

package io.w7s.sdk.internal.call;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one call stands, and what comes next: a turn, an attempt, what follows its answer, and so
 * on. It neither waits nor sends, so that the blocking and the async path cannot differ. Used by
 * one attempt after the other, never by two at once.
 */
final class CallState<R> {

  private static final Logger log = LoggerFactory.getLogger(CallState.class);

  private final Operation<?> operation;
  private final CallOptions options;
  private final Pacer pacer;
  private final TimeSource time;
  private final Observers observers;
  private final long start;
  private int attempts;
  private boolean mayHaveBeenDelivered;
  private @Nullable Outcome<R> last;

  CallState(
      Operation<?> operation,
      CallOptions options,
      Pacer pacer,
      TimeSource time,
      Observers observers) {
    this.operation = operation;
    this.options = options;
    this.pacer = pacer;
    this.time = time;
    this.observers = observers;
    this.start = now();
  }

  /** Returns how many attempts were made. */
  int attempts() {
    return attempts;
  }

  /** Times are kept in nanoseconds, for there are several of them to each attempt. */
  private long now() {
    return time.elapsed().toNanos();
  }

  private Duration took() {
    return Duration.ofNanos(now() - start);
  }

  private long left(long now) {
    return NANOSECONDS.convert(options.timeout()) - (now - start);
  }

  /** Asks for the turn of the next attempt, which may have to wait for it. */
  RetryDecision<R> turn() {
    long now = now();
    Pacer.Turn turn = pacer.turn(operation, now, left(now));
    if (!turn.early().isZero()) {
      observers.tell(listener -> listener.early(operation, turn.early()));
    }
    if (turn.refused() == null) {
      return new RetryDecision.GoOn<>(turn.delay());
    }
    // where an attempt was made, what came of it is what the caller has to know
    return told(
        last == null
            ? new RetryDecision.Fail<>(exception(turn.refused()))
            : RetryDecision.last(operation, last, attempts, time));
  }

  /** Begins the next attempt. */
  CallContext begin() {
    attempts++;
    observers.tell(listener -> listener.attempting(operation, attempts));
    long left = left(now());
    Duration most = options.attemptTimeout();
    return new CallContext(attempts, left < NANOSECONDS.convert(most) ? atLeastSome(left) : most);
  }

  /** A transport takes a timeout of zero for none at all. */
  private static Duration atLeastSome(long left) {
    return left > 0 ? Duration.ofNanos(left) : Duration.ofMillis(1);
  }

  /** Takes in what came of the attempt. */
  RetryDecision<R> after(Outcome<R> answered) {
    Outcome<R> answer = Failures.inSightOf(mayHaveBeenDelivered, answered);
    mayHaveBeenDelivered |= Failures.mayHaveBeenDelivered(answer);
    last = answer;
    long now = now();
    pacer.answered(operation, answer, now);
    RetryDecision<R> next =
        RetryDecision.after(operation, answer, attempts, left(now), options, time);
    if (next instanceof RetryDecision.GoOn<R> again) {
      log.debug(
          "{} to {}: attempt {} came to nothing, next in {}",
          operation.name(),
          operation.target(),
          attempts,
          again.delay());
      observers.tell(listener -> listener.retrying(operation, attempts, answer, again.delay()));
      if (answer instanceof Outcome.Success<R> unwanted
          && unwanted.result() instanceof RpcStream stream) {
        stream.close();
      }
    }
    return told(next);
  }

  /** Ends the call, whose thread was interrupted while it waited. */
  CallException interrupted(InterruptedException cause) {
    CallException failure =
        exception(
            new Outcome.NoResponse<>(
                Outcome.Failure.INTERRUPTED,
                mayHaveBeenDelivered,
                "interrupted while waiting for the next attempt",
                cause));
    told(new RetryDecision.Fail<>(failure));
    return failure;
  }

  private CallException exception(Outcome<?> answer) {
    return Failures.exception(operation, answer, Math.max(attempts, 1), time.now());
  }

  private RetryDecision<R> told(RetryDecision<R> next) {
    if (next instanceof RetryDecision.Done<R>) {
      observers.tell(listener -> listener.succeeded(operation, attempts, took()));
    } else if (next instanceof RetryDecision.Fail<R> fail) {
      observers.tell(listener -> listener.failed(operation, fail.failure(), took()));
    }
    return next;
  }

  /** Returns what is called, for the message of a wait that has no end. */
  @Override
  public String toString() {
    return operation.name() + " to " + operation.target();
  }
}

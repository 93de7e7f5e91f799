package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.error.BlobUploadException;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one call between its attempts, and what comes next: its turn, an attempt, a retry or
 * the end. It neither waits nor sends, so that blocking and async calls cannot differ. Used by one
 * thread after the other.
 *
 * @param <R> the result of an attempt
 */
final class CallState<R> {

  private static final Logger log = LoggerFactory.getLogger(CallState.class);

  /** 146 years, so that a transport can add the timeout to a time in nanoseconds. */
  private static final long LONGEST_ATTEMPT = Long.MAX_VALUE >> 1;

  private static final long SHORTEST_ATTEMPT = Duration.ofMillis(1).toNanos();

  private final Operation<?> operation;
  private final CallOptions options;
  private final CallEvents events;
  private final Pacer pacer;
  private final TimeSource time;
  private final long end;
  private int attempts;
  private boolean mayHaveBeenDelivered;
  private @Nullable Outcome<R> last;

  CallState(
      Operation<?> operation,
      CallOptions options,
      CallEvents events,
      Pacer pacer,
      TimeSource time) {
    this.operation = operation;
    this.options = options;
    this.events = events;
    this.pacer = pacer;
    this.time = time;
    this.end = Saturating.plus(now(), Saturating.nanos(options.timeout()));
  }

  /** Returns how many attempts have been made. */
  int attempts() {
    return attempts;
  }

  /** Times are kept in nanoseconds, because there are several of them for each attempt. */
  private long now() {
    return Saturating.nanos(time.elapsed());
  }

  private long left(long now) {
    return Saturating.minus(end, now);
  }

  /** Asks for the turn of the next attempt, which may have to wait for it. */
  RetryDecision<R> takeTurn() {
    long now = now();
    Pacer.Turn turn = pacer.turn(operation, now, left(now));
    if (!turn.excess().isZero()) {
      events.throttled(turn.excess());
    }
    if (turn.refused() == null) {
      return new RetryDecision.GoOn<>(turn.delay());
    }
    // after an attempt the caller has to know its outcome, not that there was no turn for another
    return last == null
        ? new RetryDecision.Fail<>(exception(turn.refused()))
        : RetryDecision.withoutRetry(operation, last, attempts, time);
  }

  /** Begins the next attempt. */
  CallContext beginAttempt() {
    attempts++;
    events.attempting(attempts);
    long most = Math.min(Saturating.nanos(options.attemptTimeout()), LONGEST_ATTEMPT);
    // a transport takes a timeout of zero for none at all
    long timeout = Math.max(Math.min(left(now()), most), SHORTEST_ATTEMPT);
    return new CallContext(attempts, Duration.ofNanos(Math.min(timeout, most)));
  }

  /** Takes in the outcome of the attempt and decides whether to retry. */
  RetryDecision<R> endAttempt(Outcome<R> reported) {
    Outcome<R> outcome = RetryRules.afterEarlierDelivery(mayHaveBeenDelivered, reported);
    mayHaveBeenDelivered |= RetryRules.mayHaveBeenDelivered(outcome);
    last = outcome;
    events.attempted(attempts, outcome);
    long now = now();
    pacer.learn(operation, outcome, now);
    RetryDecision<R> next =
        RetryDecision.after(operation, outcome, attempts, left(now), options, time);
    if (next instanceof RetryDecision.GoOn<R> retry) {
      log.debug(
          "{} to {}: attempt {} failed, retry in {}",
          operation.name(),
          operation.target(),
          attempts,
          retry.delay());
      events.retrying(attempts, retry.delay());
      discard(outcome);
    }
    return next;
  }

  /** A stream that nobody will read holds a connection. */
  private void discard(Outcome<R> outcome) {
    if (outcome instanceof Outcome.Success<R> success
        && success.result() instanceof RpcStream stream) {
      try {
        stream.close();
      } catch (UncheckedIOException broken) {
        log.debug("{} to {}: closing failed", operation.name(), operation.target(), broken);
      }
    }
  }

  /** Returns the exception for a call whose thread was interrupted while it waited. */
  CallException interrupted(InterruptedException cause) {
    return endedWaiting(Outcome.Failure.INTERRUPTED, "interrupted", cause);
  }

  /** Returns the exception for a call that waited when its W7s was closed. */
  CallException closedWhileWaiting() {
    return endedWaiting(Outcome.Failure.CLOSED, "this W7s was closed", null);
  }

  /** Returns the exception for a call whose body could not be stored. */
  BlobUploadException notStored(BlobRef blob, RuntimeException cause) {
    return CallExceptions.notStored(operation, blob, cause);
  }

  /** Returns the exception for an attempt that cannot begin because the W7s is closed. */
  CallException closed() {
    return noResponse(Outcome.Failure.CLOSED, "this W7s is closed", null);
  }

  private CallException endedWaiting(
      Outcome.Failure failure, String reason, @Nullable Throwable cause) {
    String waiting = " while waiting for the " + (attempts == 0 ? "first" : "next") + " attempt";
    return noResponse(failure, reason + waiting, cause);
  }

  private CallException noResponse(
      Outcome.Failure failure, String message, @Nullable Throwable cause) {
    return exception(new Outcome.NoResponse<>(failure, mayHaveBeenDelivered, message, cause));
  }

  private CallException exception(Outcome<?> outcome) {
    return CallExceptions.of(operation, outcome, Math.max(attempts, 1), time.now());
  }

  /** Returns the operation and its target, for a message that says what a future waits for. */
  @Override
  public String toString() {
    return operation.name() + " to " + operation.target();
  }
}

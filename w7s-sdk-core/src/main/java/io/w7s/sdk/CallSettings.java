package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * The options that every kind of call has. A client passes the options to the lambda of a call and
 * reads them when the lambda has returned: {@code send -> send.delay(ofSeconds(60)).timeout(
 * ofSeconds(5))}. Each setter changes the options and returns them, so no setting gets lost. Not
 * thread-safe, and of no use after the call.
 *
 * <p>Durations may have any length; one of more than a century counts as the longest possible.
 *
 * @param <S> the options of one kind of call
 */
public abstract class CallSettings<S extends CallSettings<S>> {

  private Duration timeout;
  private Duration attemptTimeout;
  private RetryPolicy retry;
  private boolean duplicatesAllowed;

  /** Starts from defaults. */
  protected CallSettings(CallOptions defaults) {
    timeout = requireNonNull(defaults, "defaults").timeout();
    attemptTimeout = defaults.attemptTimeout();
    retry = defaults.retry();
    duplicatesAllowed = defaults.duplicatesAllowed();
  }

  @SuppressWarnings("unchecked") // each subclass names itself as S
  private S self() {
    return (S) this;
  }

  /**
   * Sets how long the whole call may take, including retries and waits. Default 30 s.
   *
   * @throws InvalidInputException when it is not positive
   */
  public final S timeout(Duration timeout) {
    this.timeout = positive("timeout", timeout);
    return self();
  }

  /**
   * Sets how long each attempt may take. Default 10 s.
   *
   * @throws InvalidInputException when it is not positive
   */
  public final S attemptTimeout(Duration attemptTimeout) {
    this.attemptTimeout = positive("attemptTimeout", attemptTimeout);
    return self();
  }

  /** Sets how often a failed attempt is retried. Default {@link RetryPolicy#standard()}. */
  public final S retry(RetryPolicy retry) {
    this.retry = requireNonNull(retry, "retry");
    return self();
  }

  /**
   * Allows the work to be done twice, because doing it again does no harm. The call is then retried
   * even if an earlier attempt may have been delivered; without this it fails at once.
   */
  public final S allowDuplicates() {
    duplicatesAllowed = true;
    return self();
  }

  /** Returns the options that every kind of call has, as they are now. */
  public final CallOptions callOptions() {
    return new CallOptions(timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  private static Duration positive(String field, Duration duration) {
    if (requireNonNull(duration, field).isNegative() || duration.isZero()) {
      throw new InvalidInputException(field, duration.toString(), "positive");
    }
    return duration;
  }
}

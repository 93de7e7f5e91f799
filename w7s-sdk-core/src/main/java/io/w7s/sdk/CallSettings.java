package io.w7s.sdk;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * What can be set on a call of any kind. A client hands such settings to the lambda of a call, and
 * reads them when the lambda has returned: {@code send -> send.delay(ofSeconds(60)).timeout(
 * ofSeconds(5))}. Each setter changes the settings and returns them, so that the lambda cannot lose
 * one. Not thread-safe, and of no use after the call.
 *
 * @param <S> the settings of one kind of call
 */
public abstract class CallSettings<S extends CallSettings<S>> {

  private Duration timeout;
  private Duration attemptTimeout;
  private RetryPolicy retry;
  private boolean duplicatesAllowed;

  /** Starts from defaults. */
  protected CallSettings(CallOptions defaults) {
    timeout = defaults.timeout();
    attemptTimeout = defaults.attemptTimeout();
    retry = defaults.retry();
    duplicatesAllowed = defaults.duplicatesAllowed();
  }

  @SuppressWarnings("unchecked") // each subclass names itself as S
  private S self() {
    return (S) this;
  }

  /**
   * Sets how long the whole call may take, retries and the waits between them included. Default 30
   * s.
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

  /** Sets how often a failed attempt is tried again. Default {@link RetryPolicy#standard()}. */
  public final S retry(RetryPolicy retry) {
    this.retry = retry;
    return self();
  }

  /**
   * Allows the work to be done twice, because doing it again does no harm. A call is then tried
   * again although its first attempt may have been delivered; without this it fails at once.
   */
  public final S allowDuplicates() {
    duplicatesAllowed = true;
    return self();
  }

  /** Returns the settings that every kind of call has, as they are now. */
  public final CallOptions callOptions() {
    return new CallOptions(timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  private static Duration positive(String field, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new InvalidInputException(field, duration.toString(), "positive");
    }
    return duration;
  }
}

package io.w7s.sdk;

import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * The timeouts and the retry policy of a call. Immutable. Set with {@link W7s.Builder#options} for
 * all calls of a {@link W7s}, and with the options of a single call.
 */
public final class CallOptions {

  private static final CallOptions DEFAULTS =
      new CallOptions(
          Duration.ofSeconds(30), Duration.ofSeconds(10), RetryPolicy.standard(), false);

  private final Duration timeout;
  private final Duration attemptTimeout;
  private final RetryPolicy retry;
  private final boolean duplicatesAllowed;

  CallOptions(
      Duration timeout, Duration attemptTimeout, RetryPolicy retry, boolean duplicatesAllowed) {
    this.timeout = timeout;
    this.attemptTimeout = attemptTimeout;
    this.retry = retry;
    this.duplicatesAllowed = duplicatesAllowed;
  }

  /**
   * Returns the defaults: 30 s for a call, 10 s for an attempt, {@link RetryPolicy#standard()}, no
   * duplicates.
   */
  public static CallOptions defaults() {
    return DEFAULTS;
  }

  /** Returns how long the whole call may take, including retries and waits. */
  public Duration timeout() {
    return timeout;
  }

  /** Returns how long one attempt may take. */
  public Duration attemptTimeout() {
    return attemptTimeout;
  }

  /** Returns how often a failed attempt is retried. */
  public RetryPolicy retry() {
    return retry;
  }

  /**
   * Returns whether the work may be done twice: the call is then retried even if an earlier attempt
   * may have been delivered.
   */
  public boolean duplicatesAllowed() {
    return duplicatesAllowed;
  }

  /** Returns the settings. */
  @Override
  public String toString() {
    return "CallOptions[timeout=%s, attemptTimeout=%s, retry=%s, duplicatesAllowed=%s]"
        .formatted(timeout, attemptTimeout, retry, duplicatesAllowed);
  }

  /** Sets the options of all calls; see {@link W7s.Builder#options}. Not thread-safe. */
  public static final class Builder extends CallSettings<Builder> {

    Builder(CallOptions defaults) {
      super(defaults);
    }
  }
}

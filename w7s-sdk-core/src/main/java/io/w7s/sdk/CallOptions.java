package io.w7s.sdk;

import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * The time limits and the retry policy of a call, as they are in force for it. Immutable. Set by
 * {@link W7s.Builder#options} for all calls of a {@link W7s}, and by the options of a single call.
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

  /** Returns how long the whole call may take, all attempts and the waits between them. */
  public Duration timeout() {
    return timeout;
  }

  /** Returns how long one attempt may take. */
  public Duration attemptTimeout() {
    return attemptTimeout;
  }

  /** Returns how often a failed attempt is tried again. */
  public RetryPolicy retry() {
    return retry;
  }

  /**
   * Returns whether the work may be done twice: a call is then tried again although its first
   * attempt may have been delivered.
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

package io.w7s.sdk.spi;

import java.time.Duration;

/** The number and the timeout of an attempt, for a transport. Immutable. */
public final class CallContext {

  private final int attempt;
  private final Duration timeout;

  /**
   * Describes an attempt.
   *
   * @param attempt the number of the attempt, from 1
   * @param timeout how long the attempt may take; positive
   */
  public CallContext(int attempt, Duration timeout) {
    this.attempt = attempt;
    this.timeout = timeout;
  }

  /** Returns the number of the attempt, from 1. */
  public int attempt() {
    return attempt;
  }

  /**
   * Returns how long the attempt may take, from connecting to the last byte of the response:
   * positive, and at most 146 years, so that it can be added to a time in nanoseconds.
   */
  public Duration timeout() {
    return timeout;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CallContext context
        && attempt == context.attempt
        && timeout.equals(context.timeout);
  }

  @Override
  public int hashCode() {
    return 31 * attempt + timeout.hashCode();
  }

  @Override
  public String toString() {
    return "CallContext[attempt=" + attempt + ", timeout=" + timeout + "]";
  }
}

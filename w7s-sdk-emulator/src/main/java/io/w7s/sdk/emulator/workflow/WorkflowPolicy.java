package io.w7s.sdk.emulator.workflow;

import java.time.Duration;

/**
 * How often and when a workflow execution is retried.
 *
 * @param retries how many attempts may follow the first
 * @param firstDelay the wait before the first of them; each further wait is twice the one before
 * @param timeout how long one attempt may take
 */
public record WorkflowPolicy(int retries, Duration firstDelay, Duration timeout) {

  /** The platform's policy: three retries after 10, 20 and 40 s, and 300 s for each attempt. */
  public static final WorkflowPolicy PLATFORM =
      new WorkflowPolicy(3, Duration.ofSeconds(10), Duration.ofSeconds(300));

  /**
   * Returns the wait before a retry.
   *
   * @param retry from 1
   */
  public Duration delayBefore(int retry) {
    return firstDelay.multipliedBy(1L << (retry - 1));
  }
}

package io.w7s.sdk.internal.step;

import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepLog;

/**
 * A log that was recorded. The body of a run gets what is in it, and is left where it would do
 * something that is not: no action runs.
 */
public interface RecordedLog extends StepLog {

  /** Returns whether it may have references to blobs; a file has the values themselves. */
  boolean hasReferences();

  /**
   * Is told that the code does not do what was recorded.
   *
   * @param why a {@code StepOrderException}, or what the body has thrown outside of its steps
   */
  void differs(HeldRun run, Throwable why);
}

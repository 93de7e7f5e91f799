package io.w7s.sdk.consumption;

import io.w7s.sdk.queue.Claim;

/**
 * Another delivery or process has taken a message or a run of a workflow over, because this one
 * held it for longer than its lease without renewing it: the process was stopped, or had no
 * connection to the store. A handler that gets this must not commit what it did.
 */
public final class LeaseLostException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception for a claim that no longer holds. */
  public LeaseLostException(Claim claim) {
    super(claim + " was taken over by another delivery");
  }

  /** Creates the exception for a run that is no longer held. */
  public LeaseLostException(String run) {
    super(run + " was taken over by another process, or has ended");
  }
}

package io.w7s.sdk.step;

/**
 * A step has failed for good: its attempts are used up, or another one could not help. It is in the
 * log, so the same exception is thrown each time the body runs. A body that catches it goes on;
 * otherwise the run fails.
 *
 * <p>What the action threw is logged. Only its text is kept, and so there is no cause.
 */
public class StepFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String step;
  private final int attempts;

  /**
   * Creates an exception. For the SDK and for tests.
   *
   * @param run the run
   * @param step the name of the step
   * @param attempts how often its action has run
   * @param reason why the last attempt failed
   */
  public StepFailedException(RunId run, String step, int attempts, String reason) {
    super(
        "step \"%s\" of %s failed after %d attempt%s: %s"
            .formatted(step, run, attempts, attempts == 1 ? "" : "s", reason));
    this.step = step;
    this.attempts = attempts;
  }

  /** Returns the name of the step. */
  public final String step() {
    return step;
  }

  /** Returns how often its action has run. */
  public final int attempts() {
    return attempts;
  }
}

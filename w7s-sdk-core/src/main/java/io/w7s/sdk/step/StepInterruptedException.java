package io.w7s.sdk.step;

/**
 * The action of a step that runs {@linkplain StepOptions#atMostOnce at most once} was started, and
 * its result is not in the log: its process ended before, or the result could not be kept. The
 * message says which. Nobody knows whether it had its effect: look where the effect would be, or
 * compensate it.
 */
public final class StepInterruptedException extends StepFailedException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception for a step whose process ended. For the SDK and for tests.
   *
   * @param run the run
   * @param step the name of the step
   */
  public StepInterruptedException(RunId run, String step) {
    this(run, step, "its process ended while it ran, and it runs at most once");
  }

  /**
   * Creates an exception. For the SDK and for tests.
   *
   * @param run the run
   * @param step the name of the step
   * @param reason why its result is not in the log
   */
  public StepInterruptedException(RunId run, String step, String reason) {
    super(run, step, 1, reason);
  }
}

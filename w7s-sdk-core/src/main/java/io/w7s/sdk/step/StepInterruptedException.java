package io.w7s.sdk.step;

/**
 * The action of a step that runs {@linkplain StepOptions#atMostOnce at most once} was started, and
 * its process ended before the result was in the log. Nobody knows whether it had its effect: look
 * where the effect would be, or compensate it.
 */
public final class StepInterruptedException extends StepFailedException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception. For the SDK and for tests.
   *
   * @param run the run
   * @param step the name of the step
   */
  public StepInterruptedException(RunId run, String step) {
    super(run, step, 1, "its process ended while it ran, and it runs at most once");
  }
}

package io.w7s.sdk.step;

/**
 * A body asks for other steps than its run has in the log, because its code was changed, or because
 * it depends on something that is not in a step. Nothing is run or written then. The run stays as
 * it is and is tried again after the longest wait of {@link StepSettings#retry}, 5 minutes by
 * default, as often as it takes. So it goes on once the code is mended.
 */
public final class StepOrderException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final RunId run;
  private final String step;
  private final String expected;
  private final String found;

  /**
   * Creates an exception. For the SDK and for tests.
   *
   * @param run the run
   * @param position the number of the step in its run, from 0
   * @param step the name of the step that the code asks for, or that it leaves out
   * @param expected what is in the log
   * @param found what the code asks for
   */
  public StepOrderException(RunId run, int position, String step, String expected, String found) {
    super(
        ("%s does not go on at step %d, \"%s\": its log has %s, the code asks for %s. Keep the old"
                + " code for the runs under way behind steps.version(...), or give the changed"
                + " workflow a new name")
            .formatted(run, position + 1, step, expected, found));
    this.run = run;
    this.step = step;
    this.expected = expected;
    this.found = found;
  }

  /** Returns the run. */
  public RunId run() {
    return run;
  }

  /** Returns the name of the step that the code asks for, or that it leaves out. */
  public String step() {
    return step;
  }

  /** Returns what is in the log. */
  public String expected() {
    return expected;
  }

  /** Returns what the code asks for. */
  public String found() {
    return found;
  }
}

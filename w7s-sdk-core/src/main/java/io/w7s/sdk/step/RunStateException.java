package io.w7s.sdk.step;

/** A run is not in a state in which what was asked for can be done. Nothing was changed. */
public final class RunStateException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final RunId run;
  private final RunStatus.State state;

  /**
   * Creates an exception. For the SDK and for tests.
   *
   * @param run the run
   * @param state its state
   * @param reason what was not done, and why
   */
  public RunStateException(RunId run, RunStatus.State state, String reason) {
    super(run + " is " + state + ": " + reason);
    this.run = run;
    this.state = state;
  }

  /** Returns the run. */
  public RunId run() {
    return run;
  }

  /** Returns its state. */
  public RunStatus.State state() {
    return state;
  }
}

package io.w7s.sdk.emulator;

/**
 * What came of one delivery to an app.
 *
 * @param outcome whether it is done with
 * @param cause why it is not, naming the target; empty when it is
 */
public record Delivery(Outcome outcome, String cause) {

  static final Delivery DONE = new Delivery(Outcome.DONE, "");

  /** Whether a delivery is done with. */
  public enum Outcome {
    /** The app answered 2xx: the whole batch is acknowledged, the schedule has run. */
    DONE,
    /**
     * The app answered something else, threw, or is not there. A batch comes again as a whole; a
     * schedule is not tried again.
     */
    FAILED,
    /** A delivery limit was used up. It is not tried again. */
    DROPPED
  }

  static Delivery failed(String cause) {
    return new Delivery(Outcome.FAILED, cause);
  }

  static Delivery dropped(String cause) {
    return new Delivery(Outcome.DROPPED, cause);
  }
}

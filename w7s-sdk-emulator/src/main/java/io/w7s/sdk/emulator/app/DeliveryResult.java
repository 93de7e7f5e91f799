package io.w7s.sdk.emulator.app;

/**
 * The result of one delivery to an app: of a batch, a workflow execution or a schedule.
 *
 * @param status whether the delivery succeeded
 * @param cause why it did not succeed, naming the target; empty when it succeeded
 */
public record DeliveryResult(Status status, String cause) {

  /** The result of a delivery that succeeded. */
  public static final DeliveryResult DONE = new DeliveryResult(Status.DONE, "");

  /** Whether a delivery succeeded. */
  public enum Status {
    /** The app answered 2xx: the whole batch is acknowledged, the schedule has run. */
    DONE,
    /**
     * The app answered with another status, threw an exception, or is not there. A batch is
     * delivered again as a whole; a schedule is not tried again.
     */
    FAILED,
    /** A delivery limit is used up. The delivery is not tried again. */
    DROPPED
  }

  /** Returns the result of a delivery that failed. */
  public static DeliveryResult failed(String cause) {
    return new DeliveryResult(Status.FAILED, cause);
  }

  /** Returns the result of a delivery that a limit did not allow. */
  public static DeliveryResult dropped(String cause) {
    return new DeliveryResult(Status.DROPPED, cause);
  }
}

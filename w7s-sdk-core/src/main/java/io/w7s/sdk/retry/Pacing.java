package io.w7s.sdk.retry;

import io.w7s.sdk.error.InvalidInputException;

/**
 * What happens to calls that exceed the rate limits of the platform. In any minute it accepts from
 * one app 120 RPCs, 120 messages for queues, 120 events and 60 workflow starts, and refuses further
 * calls with 429. The SDK counts the calls that it begins, so that an app can stay within the
 * limits. A 429 counts as a used-up limit for as long as the platform asked to wait. Immutable.
 */
public final class Pacing {

  private static final Pacing OFF = new Pacing(Mode.OFF, 1);

  private final Mode mode;
  private final int instances;

  private Pacing(Mode mode, int instances) {
    this.mode = mode;
    this.instances = instances;
  }

  /** What happens to a call that exceeds a rate limit. */
  public enum Mode {
    /** It is sent. Nothing is counted. */
    OFF,
    /** It is sent. Observers are told, and the first call of each kind is logged. */
    OBSERVE,
    /**
     * It waits for its turn, within its timeout. A call whose turn comes later fails at once with a
     * {@link io.w7s.sdk.error.LimitExceededException} and is not sent.
     */
    WAIT,
    /**
     * It fails with a {@link io.w7s.sdk.error.LimitExceededException} that says when to come back,
     * and is not sent.
     */
    FAIL_FAST
  }

  /** Returns no pacing; the default when the app does not run on the platform. */
  public static Pacing off() {
    return OFF;
  }

  /** Returns pacing that only observes; the default on the platform. */
  public static Pacing observing() {
    return new Pacing(Mode.OBSERVE, 1);
  }

  /** Returns pacing that makes calls wait for their turn. */
  public static Pacing waiting() {
    return new Pacing(Mode.WAIT, 1);
  }

  /** Returns pacing that makes calls fail instead of waiting. */
  public static Pacing failingFast() {
    return new Pacing(Mode.FAIL_FAST, 1);
  }

  /** Returns what happens to a call that exceeds a rate limit. */
  public Mode mode() {
    return mode;
  }

  /** Returns how many processes of the app share its limits. */
  public int instances() {
    return instances;
  }

  /**
   * Returns this pacing for an app that runs in several processes. Each of them counts on its share
   * of the limits, and on one call a minute at least.
   *
   * @throws InvalidInputException when it is less than 1
   */
  public Pacing instances(int instances) {
    if (instances < 1) {
      throw new InvalidInputException("pacing instances", String.valueOf(instances), "at least 1");
    }
    return new Pacing(mode, instances);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pacing pacing && mode == pacing.mode && instances == pacing.instances;
  }

  @Override
  public int hashCode() {
    return 31 * mode.hashCode() + instances;
  }

  /** Returns the settings of the pacing. */
  @Override
  public String toString() {
    return "Pacing[mode=" + mode + ", instances=" + instances + "]";
  }
}

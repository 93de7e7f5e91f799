package io.w7s.sdk.retry;

import io.w7s.sdk.error.InvalidInputException;

/**
 * What becomes of calls that come faster than the platform takes them. It takes from an app 120
 * RPC, 120 messages for queues, 120 events and 60 starts of workflows a minute, and answers 429 to
 * more. Calls are counted on this side so that never more than that begin in any minute; and after
 * a 429 all calls of the kind keep still for as long as the platform asked. Immutable.
 *
 * @param mode what becomes of a call that comes too early
 * @param instances how many processes of the app share its limits; each counts on its part of them,
 *     at least one call a minute
 */
public record Pacing(Mode mode, int instances) {

  private static final Pacing OFF = new Pacing(Mode.OFF, 1);

  /** Checks the number of instances. */
  public Pacing {
    if (instances < 1) {
      throw new InvalidInputException("pacing instances", String.valueOf(instances), "at least 1");
    }
  }

  /** What becomes of a call that comes too early. */
  public enum Mode {
    /** It is sent; nothing is counted. */
    OFF,
    /** It is sent; listeners are told, and the first of each kind is logged. */
    OBSERVE,
    /**
     * It waits for its turn, within its timeout. One whose turn comes later than that is a {@link
     * io.w7s.sdk.error.LimitExceededException} at once, and is not sent.
     */
    WAIT,
    /**
     * It is a {@link io.w7s.sdk.error.LimitExceededException} that says when to come back, and is
     * not sent.
     */
    FAIL_FAST
  }

  /** Returns no pacing at all; the default where there is no platform. */
  public static Pacing off() {
    return OFF;
  }

  /** Returns pacing that tells of calls that come too early; the default on the platform. */
  public static Pacing observing() {
    return new Pacing(Mode.OBSERVE, 1);
  }

  /** Returns pacing that lets calls wait for their turn. */
  public static Pacing waiting() {
    return new Pacing(Mode.WAIT, 1);
  }

  /** Returns pacing that refuses calls that come too early. */
  public static Pacing failingFast() {
    return new Pacing(Mode.FAIL_FAST, 1);
  }

  /** Returns this pacing for an app of which several processes run. */
  public Pacing instances(int instances) {
    return new Pacing(mode, instances);
  }
}

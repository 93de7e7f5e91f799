package io.w7s.sdk.consumption;

/** What became of a message in one delivery. */
public enum Fate {

  /** Its handler returned. */
  HANDLED,

  /** It was handled, parked or held back before, so its handler did not run. */
  SKIPPED,

  /** It was set aside in the store of parked messages, for a person to look at. */
  PARKED,

  /** It is held back in the store of parked messages and will be sent again by itself. */
  HELD,

  /**
   * It is not decided: its handler failed and will be tried again, another delivery is handling it,
   * or a store could not be reached. The delivery is not acknowledged, so the platform delivers the
   * whole batch again.
   */
  COMING_AGAIN
}

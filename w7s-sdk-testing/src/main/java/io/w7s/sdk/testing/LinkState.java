package io.w7s.sdk.testing;

/** How it stands with the way between a caller and the platform. */
public enum LinkState {
  /** Every call gets through and is answered. */
  GOOD,
  /** Calls are taken and never answered; they do not reach the platform. */
  STALLED,
  /** Connections break before a call reaches the platform. */
  LOSES_REQUESTS,
  /** Connections break after the platform has done what a call asks. */
  LOSES_ANSWERS,
  /** Nobody listens: no call can be delivered. */
  DOWN
}

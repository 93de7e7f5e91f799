package io.w7s.sdk.testing;

/** The state of the connection between a caller and the platform. */
public enum LinkState {
  /** Every call gets through and gets a response. */
  GOOD,
  /** Connections are accepted, but calls do not reach the platform and get no response. */
  STALLED,
  /** Connections break before a call reaches the platform. */
  LOSES_REQUESTS,
  /** Connections break after the platform has done what a call asks. */
  LOSES_RESPONSES,
  /** Connections are refused, so no call is delivered. */
  DOWN
}

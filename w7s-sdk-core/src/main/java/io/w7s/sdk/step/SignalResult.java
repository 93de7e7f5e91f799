package io.w7s.sdk.step;

/** What a log has done with an event for a run. */
public enum SignalResult {
  /** It keeps the event. */
  KEPT,
  /** It has had an event of this name with this id before, and keeps that one. */
  KNOWN,
  /** It has no such run. */
  NO_RUN,
  /** The run has ended. */
  ENDED
}

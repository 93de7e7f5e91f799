package io.w7s.sdk.store.event;

/** What becomes of a key's messages behind one that is parked. */
public enum ParkedHead {
  /** They are sent without it. */
  SKIP,
  /** They wait until a person has sent it again or dropped it. */
  HOLD
}

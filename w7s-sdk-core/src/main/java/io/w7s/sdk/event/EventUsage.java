package io.w7s.sdk.event;

import io.w7s.sdk.Caller;

/**
 * Is told what a router has done, for metering. Called on the thread that did it; what it throws is
 * logged and changes nothing. Thread-safe.
 */
public interface EventUsage {

  /** Keeps no account. */
  EventUsage NONE = new EventUsage() {};

  /** An event was accepted: {@code event.publish}. Once for each publish, repeated ones too. */
  default void published(Caller publisher, String subject) {}

  /** A subscriber's queue took an event: {@code event.delivery}. Not for what it had already. */
  default void delivered(Caller publisher, String subject, Subscriber to) {}
}
